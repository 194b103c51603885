namespace AdaptiveServe.Torch.Loading;

/// <summary>What the weights of a checkpoint must be for a model: there, of its shapes, of a float type, and no others.</summary>
internal static class WeightRules
{
    private const int MaxNamesShown = 5;

    /// <summary>Checks that a weight is there, with this shape and a readable type.</summary>
    /// <exception cref="ModelLoadException">It is missing, or has another shape or an unsupported type.</exception>
    public static void Require(Checkpoint checkpoint, string name, ReadOnlySpan<long> shape)
    {
        SafetensorsTensor stored = checkpoint.Describe(name);
        if (!stored.Shape.AsSpan().SequenceEqual(shape))
        {
            throw Refuse($"has the shape {SafetensorsTensor.Show(stored.Shape.AsSpan())}, expected {SafetensorsTensor.Show(shape)}");
        }
        if (SafetensorsDtype.ToWeightType(stored.Dtype) is null)
        {
            throw Refuse($"has the type {ModelLoadException.Quote(stored.Dtype)}; only F32, F16 and BF16 are supported for weights");
        }

        ModelLoadException Refuse(string reason) => new(checkpoint.FileOf(name), $"tensor {ModelLoadException.Quote(name)} {reason}");
    }

    /// <summary>Checks that a model uses all weights; others would mean that it is not the one that its configuration says.</summary>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="used">The names of those that the model uses.</param>
    /// <param name="embeddingsAreTied">Whether the output projection is the embedding, so that a stored copy of it may be ignored.</param>
    /// <exception cref="ModelLoadException">Weights are left over; it names them.</exception>
    public static void EnsureNoOthers(Checkpoint checkpoint, IReadOnlySet<string> used, bool embeddingsAreTied)
    {
        string[] surplus = [.. checkpoint.Names.Where(name => !used.Contains(name) && !IsHarmless(name, embeddingsAreTied))];
        if (surplus.Length == 0) return;
        Array.Sort(surplus, StringComparer.Ordinal);
        string names = string.Join(", ", surplus.Take(MaxNamesShown).Select(ModelLoadException.Quote));
        string more = surplus.Length > MaxNamesShown ? $" and {surplus.Length - MaxNamesShown} more" : "";
        throw new ModelLoadException(checkpoint.Path, $"holds tensors that this model does not have: {names}{more}");
    }

    // Old exports store the rotary frequencies, which are computed from the configuration.
    private static bool IsHarmless(string name, bool embeddingsAreTied) =>
        name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || (embeddingsAreTied && name == "lm_head.weight");
}
