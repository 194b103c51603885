using System.Globalization;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>
/// Requests to the demo pair that say something at length whatever the pair has learned: drawn, not greedy, without the tokens that would
/// end the answer or be left out of its text.
/// </summary>
internal static class DemoRequest
{
    /// <summary>The names that a server of the pair lists; its layers may have been ranked or not.</summary>
    public static readonly string[] Names =
        ["demo", "demo:large", "demo:small", "demo:entropy", "demo:speculative", .. IsRanked ? ["demo:routed"] : Array.Empty<string>()];

    private static bool IsRanked => DemoPair.Find() is { } pair && File.Exists(Path.Combine(pair.Large, LayerRanking.Place));

    /// <summary>Fields of a request whose answer is exactly <paramref name="tokens"/> tokens of text.</summary>
    public static Dictionary<string, object?> Create(TestServer server, string model, int seed, int tokens = 24) => new()
    {
        ["model"] = model,
        ["seed"] = seed,
        ["temperature"] = 2, // a sure model, too, says different things
        ["max_tokens"] = tokens,
        ["logit_bias"] = Enumerable.Range(0, server.Engine.Info.VocabularySize)
            .Where(id => server.Model.Tokenizer.IsSpecial(id) || server.Engine.Info.EosIds.Contains(id))
            .ToDictionary(id => id.ToString(CultureInfo.InvariantCulture), _ => -100),
    };

    /// <summary>The same as a chat that asks one question.</summary>
    public static Dictionary<string, object?> Chat(TestServer server, string model, int seed, int tokens = 24)
    {
        Dictionary<string, object?> request = Create(server, model, seed, tokens);
        request["messages"] = Chats.User("What is 347 plus 586?");
        return request;
    }

    /// <summary>The request with another field.</summary>
    public static Dictionary<string, object?> With(this Dictionary<string, object?> request, string name, object? value) =>
        new(request) { [name] = value };

    /// <summary>The request in parts, the last of which counts.</summary>
    public static Dictionary<string, object?> Streamed(this Dictionary<string, object?> request) =>
        request.With("stream", true).With("stream_options", new { include_usage = true });
}
