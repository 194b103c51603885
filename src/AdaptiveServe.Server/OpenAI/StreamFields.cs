using System.Text.Json;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI;

/// <summary>The fields that say how the answer comes.</summary>
internal static class StreamFields
{
    public static readonly BooleanField Stream = new("stream");
    public static readonly ObjectField Options = new("stream_options");
    public static readonly BooleanField IncludeUsage = new("stream_options.include_usage");
    public static readonly BooleanField ContinuousUsage = new("stream_options.continuous_usage_stats");

    public static IReadOnlyList<IField> All { get; } = [Stream, Options];

    /// <summary>Those inside of <see cref="Options"/>.</summary>
    public static IReadOnlyList<IField> AllOptions { get; } = [IncludeUsage, ContinuousUsage];

    public static StreamPlan Read(JsonElement body)
    {
        bool stream = Stream.Read(body) ?? false;
        if (Options.Read(body) is not { } options) return new StreamPlan(stream, false, false);
        if (!stream) throw ApiException.Invalid(Options.Name, "'stream_options' is only allowed when 'stream' is true.");
        bool continuous = ContinuousUsage.Read(options) ?? false;
        return new StreamPlan(true, continuous || (IncludeUsage.Read(options) ?? false), continuous);
    }
}
