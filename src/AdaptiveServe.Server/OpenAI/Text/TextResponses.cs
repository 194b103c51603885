using System.Text.Json.Serialization;

namespace AdaptiveServe.Server.OpenAI.Text;

/// <param name="Prompt">What the model would be given to continue.</param>
internal sealed record TemplateResponse(string Prompt);

/// <param name="Count">Number of tokens.</param>
/// <param name="MaxModelLen">Longest prompt and answer together, in tokens.</param>
/// <param name="Tokens">Their ids.</param>
/// <param name="TokenStrs">Their texts, when asked for.</param>
internal sealed record TokenizeResponse(
    int Count, int MaxModelLen, IReadOnlyList<int> Tokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? TokenStrs);

/// <param name="Prompt">The text of the tokens.</param>
internal sealed record DetokenizeResponse(string Prompt);
