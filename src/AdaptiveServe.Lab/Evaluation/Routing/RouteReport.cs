namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>A comparison of routers as a file.</summary>
/// <param name="Model">Folder, or <c>demo</c>.</param>
/// <param name="Adapter">Folder of the adapter, or null.</param>
/// <param name="Suite">Name or file.</param>
/// <param name="Seed">Of the suite.</param>
/// <param name="Concurrency">Replies under way at a time.</param>
/// <param name="Prompt">Whether all layers ran over prompts, or those of the route; null where it was what is usual for the router.</param>
/// <param name="Points">The whole model first.</param>
internal sealed record RouteReport(string Model, string? Adapter, string Suite, int Seed, int Concurrency, string? Prompt, IReadOnlyList<RoutePoint> Points);
