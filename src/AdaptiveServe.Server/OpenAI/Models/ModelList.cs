namespace AdaptiveServe.Server.OpenAI.Models;

internal sealed record ModelList(string Object, IReadOnlyList<ModelCard> Data);

/// <param name="Id">The name to put into <c>model</c>.</param>
/// <param name="Object">Always <c>model</c>.</param>
/// <param name="Created">Unix time of loading.</param>
/// <param name="OwnedBy">Always <c>adaptiveserve</c>.</param>
/// <param name="MaxModelLen">Longest prompt and answer together, in tokens.</param>
internal sealed record ModelCard(string Id, string Object, long Created, string OwnedBy, int MaxModelLen);

/// <param name="Status"><c>ok</c>, or why not.</param>
internal sealed record HealthResponse(string Status);

internal sealed record VersionResponse(string Version);
