namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>What the command line says.</summary>
/// <param name="IsFirst">Gates, and not routers of three classes.</param>
/// <param name="Model">Folder.</param>
/// <param name="Suite">Name or file.</param>
/// <param name="Output">Folder.</param>
/// <param name="Labels">File of what the search finds.</param>
/// <param name="Plot">File of the heat map, or null.</param>
/// <param name="Count">Prompts at most.</param>
/// <param name="Seed">Of everything.</param>
/// <param name="Threads">0 takes all cores.</param>
internal sealed record TrainLayerRoutersOptions(
    bool IsFirst, string Model, string Suite, string Output, string Labels, string? Plot, int Count, int Seed, int Threads)
{
    /// <value>Null for the default.</value>
    public int? Simulations { get; init; }

    /// <value>Prompts are labelled with the path along the ranking that stays right, and not with the shortest correct one.</value>
    public bool IsSure { get; init; }

    /// <inheritdoc cref="Simulations"/>
    public int? Epochs { get; init; }

    /// <value>Of the adapter; 0 trains none.</value>
    public int LowRank { get; init; }

    /// <inheritdoc cref="Simulations"/>
    public int? AdapterEpochs { get; init; }

    /// <inheritdoc cref="Simulations"/>
    public float? AdapterRate { get; init; }

    /// <value>Folder for the model with the adapter in its weights, or null.</value>
    public string? Merge { get; init; }

    /// <value>Whether the gates that lie in <see cref="Output"/> stay.</value>
    public bool KeepsGates { get; init; }

    /// <inheritdoc cref="Simulations"/>
    public float? Penalty { get; init; }
}
