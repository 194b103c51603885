using System.Text;
using AdaptiveServe.Lab.Benchmarks.Client;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Client;

public class EventStreamTests
{
    private const string Done = "data: [DONE]\n\n";

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Read_Chunks_GivesThemUpToDone(string lineBreak)
    {
        string events = """
            : a comment

            data: {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}

            data: {"choices": [{"index": 0, "delta": {"content": "Hé"}}]}

            data: {"choices": [{"index": 0, "text": "llo"}], "unknown": [{}]}

            data: {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}

            data: [DONE]

            data: after the end

            """;
        List<StreamChunk> chunks = await ReadAsync(events.ReplaceLineEndings(lineBreak) + lineBreak);
        Assert.Equal([false, true, true, false], chunks.Select(chunk => chunk.HasText));
        Assert.Equal(new StreamChunk.TokenUsage { PromptTokens = 3, CompletionTokens = 2 }, chunks[^1].Usage);
    }

    [Theory]
    [InlineData("""{"message": "m", "type": "t", "code": "c"}""", "c")]
    [InlineData("""{"message": "m", "type": "t", "code": 503}""", "503")]
    [InlineData("""{"message": "m", "type": "t", "code": "\ud800"}""", "\\ud800")]
    [InlineData("""{"message": "m", "type": "t", "code": null}""", "t")]
    [InlineData("""{"message": "m"}""", null)]
    public async Task Read_Error_HasACode(string error, string? name)
    {
        ApiError read = Assert.Single(await ReadAsync($"data: {{\"error\": {error}}}\n\n{Done}")).Error!;
        Assert.Equal(("m", name), (read.Message, read.Name));
    }

    [Theory]
    [InlineData("", "ended without [DONE]")]
    [InlineData("data: {\"choices\": []}\n\n", "ended without [DONE]")]
    [InlineData("data: {\"choices\"\n\n" + Done, "not a chunk")]
    [InlineData("data: null\n\n" + Done, "null")]
    [InlineData("data: 5\n\n" + Done, "not a chunk")]
    [InlineData("data: {\"choices\": [{\"text\": \"\\ud800\"}]}\n\n" + Done, "not a chunk")]
    [InlineData("data: {\"usage\": {\"prompt_tokens\": 1}}\n\n" + Done, "not a chunk")]
    [InlineData("data: {\"usage\": {\"prompt_tokens\": 1, \"completion_tokens\": -1}}\n\n" + Done, "negative")]
    public async Task Read_Malformed_IsRefused(string events, string reason)
    {
        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(events));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_EndlessEvent_IsRefused()
    {
        await using EndlessStream endless = new();
        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(endless));
        Assert.Contains("longer than", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<List<StreamChunk>> ReadAsync(string events)
    {
        using MemoryStream stream = new(Encoding.UTF8.GetBytes(events));
        return await ReadAsync(stream);
    }

    private static async Task<List<StreamChunk>> ReadAsync(Stream stream)
    {
        List<StreamChunk> chunks = [];
        await foreach (StreamChunk chunk in EventStream.ReadAsync(stream, TestContext.Current.CancellationToken)) chunks.Add(chunk);
        return chunks;
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
