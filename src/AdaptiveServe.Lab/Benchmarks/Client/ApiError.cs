using System.Text.Json;

namespace AdaptiveServe.Lab.Benchmarks.Client;

/// <summary>OpenAI's error object. Servers differ in whether <paramref name="Code"/> is a text, a number, or absent.</summary>
internal sealed record ApiError(string? Message, string? Type, JsonElement? Code)
{
    /// <summary>The code as text, else the type; null where the server says neither.</summary>
    public string? Name => Code switch
    {
        { ValueKind: JsonValueKind.String or JsonValueKind.Number } code => code.GetRawText().Trim('"'),
        _ => Type,
    };

    /// <summary>The body of a refused request.</summary>
    internal sealed record Body(ApiError? Error);
}
