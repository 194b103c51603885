using AdaptiveServe.Lab.Benchmarks.Client;

namespace AdaptiveServe.Lab.Benchmarks.Results;

/// <summary>Failures of one kind.</summary>
/// <param name="Kind">One of the constants of <see cref="RequestFailure"/>.</param>
/// <param name="Status">The HTTP status, where that is the reason.</param>
/// <param name="Code">The server's name for it, where it gives one.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstMessage">What the first of them said.</param>
internal sealed record FailureCount(string Kind, int? Status, string? Code, int Count, string FirstMessage);
