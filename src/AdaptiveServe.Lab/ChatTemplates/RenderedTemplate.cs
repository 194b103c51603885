using System.Text.Json.Serialization;

namespace AdaptiveServe.Lab.ChatTemplates;

/// <summary>What a template makes of a context, or why it makes nothing: one of the two.</summary>
internal sealed record RenderedTemplate
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }
}
