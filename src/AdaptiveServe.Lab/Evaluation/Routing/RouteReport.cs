namespace AdaptiveServe.Lab.Evaluation.Routing;

/// <summary>A comparison of routers as a file.</summary>
/// <param name="Model">Folder, or <c>demo</c>.</param>
/// <param name="Suite">Name or file.</param>
/// <param name="Seed">Of the suite.</param>
/// <param name="Concurrency">Replies under way at a time.</param>
/// <param name="Points">The whole model first.</param>
internal sealed record RouteReport(string Model, string Suite, int Seed, int Concurrency, IReadOnlyList<RoutePoint> Points);
