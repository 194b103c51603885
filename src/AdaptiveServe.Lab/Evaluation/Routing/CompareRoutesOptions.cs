namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>What the command line says.</summary>
/// <param name="Model">A folder, or <c>demo</c>.</param>
/// <param name="Adapter">Folder, or null.</param>
/// <param name="Suite">Name or file.</param>
/// <param name="Output">Folder for what comes of it.</param>
/// <param name="Routers">Their names.</param>
/// <param name="Budgets">Shares of layers.</param>
/// <param name="Limit">Examples at most; null takes what the suite says.</param>
/// <param name="Seed">Of the suite.</param>
/// <param name="Concurrency">Replies under way at a time.</param>
/// <param name="Threads">0 takes all cores.</param>
/// <param name="Prompt">How prompts run (<see cref="Engine.Strategies.Targets.LayerRouting.RoutingOptions.Prompt"/>); null leaves it to the router.</param>
/// <param name="Labels">File of the shortest correct path of each example, for an oracle; null leaves it out.</param>
/// <param name="IsTimed">Whether speed is measured.</param>
internal sealed record CompareRoutesOptions(
    string Model, string? Adapter, string Suite, string Output, IReadOnlyList<string> Routers, IReadOnlyList<double> Budgets, int? Limit, int Seed,
    int Concurrency, int Threads, string? Prompt, string? Labels, bool IsTimed);
