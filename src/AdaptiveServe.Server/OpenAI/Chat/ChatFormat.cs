using System.Text;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Adaptive;
using AdaptiveServe.Server.OpenAI.Tools;
using AdaptiveServe.Server.Streaming;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Server.OpenAI.Chat;

/// <summary>Spells a generation as <c>/v1/chat/completions</c> does, whole or in parts.</summary>
internal sealed class ChatFormat(AnswerHead head, ChatRequest request) : IAnswerFormat
{
    private const string Assistant = "assistant";

    private readonly RunningGeneration _generation = head.Generation;
    private readonly ChatStreamState?[] _states = new ChatStreamState?[head.Generation.Choices.Count];

    private TextTokenizer Tokenizer => _generation.Request.Model.Tokenizer;

    public async Task SendWholeAsync(HttpResponse response, CancellationToken cancellation) =>
        await response.WriteAsJsonAsync(await CollectAsync(cancellation), OpenAIJson.Wire.ChatCompletion, cancellationToken: cancellation);

    public void WriteText(EventWriter events, Choice choice, string text)
    {
        ChatStreamState state = State(events, choice);
        ToolCallText parsed = state.Parser?.Append(text) ?? new ToolCallText(text, []);
        ChatLogprobs? logprobs = head.WantsLogprobs ? new ChatLogprobs([]) : null;
        logprobs?.AddTokens(Tokenizer, choice.SettledTokens);
        AdaptiveTrace? trace = head.TraceOf(choice);
        if (parsed.Content.Length == 0 && parsed.Calls.Count == 0 && logprobs is null && trace is null) return; // held back: it may be a call
        Write(events, state, parsed, logprobs, trace);
    }

    public void WriteFinish(EventWriter events, Choice choice, bool isLast)
    {
        ChatStreamState state = State(events, choice);
        if (state.Parser?.Flush() is { } rest && (rest.Content.Length > 0 || rest.Calls.Count > 0)) Write(events, state, rest, null, null);
        state.Choice.FinishReason = state.Calls > 0 && choice.FinishReason == "stop" ? "tool_calls" : choice.FinishReason;
        Write(events, state, new ToolCallText("", []), null, isLast ? AdaptiveReport.Of(_generation) : null);
    }

    public void WriteUsage(EventWriter events)
    {
        ChatChunk chunk = Chunk([]);
        chunk.Usage = Usage.Of(_generation);
        chunk.Adaptive = AdaptiveReport.Of(_generation);
        events.Write(chunk, OpenAIJson.Default.ChatChunk);
    }

    private async Task<ChatCompletion> CollectAsync(CancellationToken cancellation)
    {
        var choices = new ChatChoice[_generation.Choices.Count];
        var traces = new List<TraceRecord>[choices.Length];
        await _generation.ReadAllAsync(
            async (choice, token) => choices[choice.Index] = await CollectAsync(choice, traces[choice.Index] = [], token), cancellation);
        return new ChatCompletion
        {
            Id = head.Id,
            Created = head.Created,
            Model = head.Model,
            Choices = choices,
            Usage = Usage.Of(_generation),
            Adaptive = AdaptiveReport.Of(_generation) with { Trace = head.WantsTrace ? [.. traces.SelectMany(trace => trace)] : null },
        };
    }

    private async Task<ChatChoice> CollectAsync(Choice choice, List<TraceRecord> trace, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        ChatLogprobs? logprobs = head.WantsLogprobs ? new ChatLogprobs([]) : null;
        while (await choice.WaitAsync(cancellation))
        {
            while (choice.TryRead(out string part))
            {
                text.Append(part);
                logprobs?.AddTokens(Tokenizer, choice.SettledTokens);
                if (head.TraceOf(choice) is { } settled) trace.AddRange(settled.Trace);
            }
        }

        (string? content, List<ToolCall> calls) = Parse(text.ToString());
        return new ChatChoice
        {
            Index = choice.Index,
            Message = new ChatAnswer(Assistant, content) { ToolCalls = calls.Count > 0 ? calls : null },
            Logprobs = logprobs,
            FinishReason = calls.Count > 0 && choice.FinishReason == "stop" ? "tool_calls" : choice.FinishReason,
        };
    }

    private (string? Content, List<ToolCall> Calls) Parse(string text)
    {
        if (request.CreateToolCallParser() is not { } parser) return (text, []);
        ToolCallText first = parser.Append(text), rest = parser.Flush();
        List<ToolCall> calls = [.. first.Calls, .. rest.Calls];
        string content = first.Content + rest.Content;
        return (content.Length == 0 && calls.Count > 0 ? null : content, calls);
    }

    /// <summary>The stream of a choice, after its role was sent.</summary>
    private ChatStreamState State(EventWriter events, Choice choice)
    {
        if (_states[choice.Index] is { } state) return state;
        var part = new ChatChunkChoice { Index = choice.Index };
        state = _states[choice.Index] = new ChatStreamState(Chunk([part]), part, request.CreateToolCallParser());
        part.Delta.Role = Assistant;
        part.Delta.Content = "";
        Send(events, state);
        part.Delta.Role = null;
        return state;
    }

    private void Write(EventWriter events, ChatStreamState state, ToolCallText text, ChatLogprobs? logprobs, object? adaptive)
    {
        state.Choice.Delta.Content = text.Content.Length > 0 ? text.Content : null;
        state.Choice.Delta.ToolCalls = text.Calls.Count > 0 ? [.. text.Calls.Select(call => call with { Index = state.Calls++ })] : null;
        state.Choice.Logprobs = logprobs;
        state.Chunk.Adaptive = adaptive;
        Send(events, state);
    }

    private void Send(EventWriter events, ChatStreamState state)
    {
        if (request.Stream.ContinuousUsage) state.Chunk.Usage = Usage.Of(_generation);
        events.Write(state.Chunk, OpenAIJson.Default.ChatChunk);
    }

    private ChatChunk Chunk(ChatChunkChoice[] choices) =>
        new() { Id = head.Id, Created = head.Created, Model = head.Model, Choices = choices };

    /// <summary>What is kept of a choice between its parts.</summary>
    private sealed class ChatStreamState(ChatChunk chunk, ChatChunkChoice choice, IToolCallParser? parser)
    {
        public ChatChunk Chunk { get; } = chunk;

        public ChatChunkChoice Choice { get; } = choice;

        public IToolCallParser? Parser { get; } = parser;

        public int Calls { get; set; }
    }
}
