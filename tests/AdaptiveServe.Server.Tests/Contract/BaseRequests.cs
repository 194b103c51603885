namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>Good requests that a test changes in one member.</summary>
internal static class BaseRequests
{
    /// <summary>By operation. Sampled, with a seed, so that what a member changes shows.</summary>
    public static IReadOnlyDictionary<string, string> ByOperation { get; } = new Dictionary<string, string>
    {
        ["createChatCompletion"] = """{"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 12, "seed": 5}""",
        ["createCompletion"] = """{"prompt": "Hello", "seed": 5}""",
        ["applyTemplate"] = """{"messages": [{"role": "user", "content": "Hello"}]}""",
        ["tokenize"] = """{"prompt": "the thing"}""",
        ["detokenize"] = """{"tokens": [1, 100, 101, 0]}""",
    };

    /// <summary>What a member needs beside itself.</summary>
    public static (string Name, object? Value)[] Needs(string operationId, string member) => (operationId, member) switch
    {
        (_, "top_logprobs") => [("logprobs", true)],
        (_, "stream_options") => [("stream", true)],
        ("createCompletion", "best_of") => [("n", 2)],
        ("createCompletion", "echo") => [("logprobs", 1)],
        ("tokenize", "content" or "messages") => [("prompt", null)],
        _ => [],
    };
}
