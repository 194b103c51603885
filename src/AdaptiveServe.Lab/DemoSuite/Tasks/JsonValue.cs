namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <param name="Name">The property.</param>
/// <param name="Words">Its value as a description says it.</param>
/// <param name="Json">Its value in JSON.</param>
internal sealed record JsonValue(string Name, string Words, string Json);
