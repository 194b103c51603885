namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>What a search found: a line of the file of labels.</summary>
/// <param name="Hash">Of the example.</param>
/// <param name="Task">Its task.</param>
/// <param name="IsWholeRight">Whether the whole model replies right.</param>
/// <param name="Tried">Paths that were tried.</param>
/// <param name="Paths">The correct paths of the least length; none where all were wrong.</param>
internal sealed record PathLabel(string Hash, string Task, bool IsWholeRight, int Tried, IReadOnlyList<IReadOnlyList<int>> Paths);
