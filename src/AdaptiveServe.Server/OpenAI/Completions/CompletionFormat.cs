using System.Text;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Adaptive;
using AdaptiveServe.Server.Streaming;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Server.OpenAI.Completions;

/// <summary>Spells a generation as <c>/v1/completions</c> does, whole or in parts.</summary>
internal sealed class CompletionFormat(AnswerHead head, CompletionRequest request) : IAnswerFormat
{
    private readonly RunningGeneration _generation = head.Generation;
    private readonly CompletionResponse?[] _parts = new CompletionResponse?[head.Generation.Choices.Count];

    private TextTokenizer Tokenizer => _generation.Request.Model.Tokenizer;

    public async Task SendWholeAsync(HttpResponse response, CancellationToken cancellation) =>
        await response.WriteAsJsonAsync(await CollectAsync(cancellation), OpenAIJson.Wire.CompletionResponse, cancellationToken: cancellation);

    public void WriteText(EventWriter events, Choice choice, string text)
    {
        CompletionResponse part = Part(events, choice);
        part.Choices[0].Text = text;
        part.Choices[0].Logprobs = null;
        part.Adaptive = head.TraceOf(choice);
        if (head.WantsLogprobs)
        {
            part.Choices[0].Logprobs = new CompletionLogprobs();
            part.Choices[0].Logprobs!.AddTokens(Tokenizer, choice.SettledTokens, EchoText(choice).Length);
        }

        Write(events, part);
    }

    public void WriteFinish(EventWriter events, Choice choice, bool isLast)
    {
        CompletionResponse part = Part(events, choice);
        part.Choices[0].Text = "";
        part.Choices[0].Logprobs = null;
        part.Choices[0].FinishReason = choice.FinishReason;
        part.Adaptive = isLast ? AdaptiveReport.Of(_generation) : null;
        Write(events, part);
    }

    public void WriteUsage(EventWriter events)
    {
        CompletionResponse part = Response([]);
        part.Usage = Usage.Of(_generation);
        part.Adaptive = AdaptiveReport.Of(_generation);
        events.Write(part, OpenAIJson.Default.CompletionResponse);
    }

    private async Task<CompletionResponse> CollectAsync(CancellationToken cancellation)
    {
        var choices = new CompletionChoice[_generation.Choices.Count];
        var traces = new List<TraceRecord>[choices.Length];
        await _generation.ReadAllAsync(
            async (choice, token) => choices[choice.Index] = await CollectAsync(choice, traces[choice.Index] = [], token), cancellation);
        CompletionResponse response = Response(choices);
        response.Usage = Usage.Of(_generation);
        response.Adaptive = AdaptiveReport.Of(_generation) with { Trace = head.WantsTrace ? [.. traces.SelectMany(trace => trace)] : null };
        return response;
    }

    private async Task<CompletionChoice> CollectAsync(Choice choice, List<TraceRecord> trace, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        CompletionLogprobs? logprobs = head.WantsLogprobs ? new CompletionLogprobs() : null;
        for (bool isFirst = true; await choice.WaitAsync(cancellation); isFirst = false)
        {
            if (isFirst) AddPrompt(choice, text, logprobs); // its log-probabilities are complete now
            while (choice.TryRead(out string part))
            {
                text.Append(part);
                logprobs?.AddTokens(Tokenizer, choice.SettledTokens, EchoText(choice).Length);
                if (head.TraceOf(choice) is { } settled) trace.AddRange(settled.Trace);
            }
        }

        return new CompletionChoice { Index = choice.Index, Text = text.ToString(), Logprobs = logprobs, FinishReason = choice.FinishReason };
    }

    private string EchoText(Choice choice) => request.EchoTexts?[PromptOf(choice)] ?? "";

    private int PromptOf(Choice choice) => choice.Index / request.Generation.ChoicesPerPrompt;

    private void AddPrompt(Choice choice, StringBuilder text, CompletionLogprobs? logprobs)
    {
        text.Append(EchoText(choice));
        if (request.EchoTexts is not null) logprobs?.AddPrompt(Tokenizer, request.Generation.Prompts[PromptOf(choice)], choice.Sequence.PromptLogprobs);
    }

    /// <summary>The part of a choice, after the prompt was sent where it is wanted.</summary>
    private CompletionResponse Part(EventWriter events, Choice choice)
    {
        if (_parts[choice.Index] is { } part) return part;
        part = _parts[choice.Index] = Response([new CompletionChoice { Index = choice.Index }]);
        if (request.EchoTexts is null) return part;
        var text = new StringBuilder();
        CompletionLogprobs? logprobs = head.WantsLogprobs ? new CompletionLogprobs() : null;
        AddPrompt(choice, text, logprobs);
        part.Choices[0].Text = text.ToString();
        part.Choices[0].Logprobs = logprobs;
        Write(events, part);
        return part;
    }

    private void Write(EventWriter events, CompletionResponse part)
    {
        if (request.Stream.ContinuousUsage) part.Usage = Usage.Of(_generation);
        events.Write(part, OpenAIJson.Default.CompletionResponse);
    }

    private CompletionResponse Response(CompletionChoice[] choices) =>
        new() { Id = head.Id, Created = head.Created, Model = head.Model, Choices = choices };
}
