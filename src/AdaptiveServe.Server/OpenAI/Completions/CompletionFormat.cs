using System.Text;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.Streaming;

namespace AdaptiveServe.Server.OpenAI.Completions;

/// <summary>Spells a generation as <c>/v1/completions</c> does, whole or in parts.</summary>
internal sealed class CompletionFormat(string id, CompletionRequest request, RunningGeneration generation) : IChunkFormat
{
    private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    private readonly CompletionResponse?[] _parts = new CompletionResponse?[generation.Choices.Count];

    private bool WantsLogprobs => request.Generation.Sampling.Logprobs is not null;

    /// <summary>Reads all choices to their ends.</summary>
    public async Task<CompletionResponse> CollectAsync(CancellationToken cancellation)
    {
        var choices = new List<CompletionChoice>(generation.Choices.Count);
        foreach (Choice choice in generation.Choices)
        {
            var text = new StringBuilder();
            CompletionLogprobs? logprobs = WantsLogprobs ? new CompletionLogprobs() : null;
            for (bool isFirst = true; await choice.WaitAsync(cancellation); isFirst = false)
            {
                if (isFirst) AddPrompt(choice, text, logprobs); // its log-probabilities are complete now
                while (choice.TryRead(out string part))
                {
                    text.Append(part);
                    logprobs?.AddTokens(generation.Request.Model.Tokenizer, choice.SettledTokens, EchoText(choice).Length);
                }
            }

            choices.Add(new CompletionChoice { Index = choice.Index, Text = text.ToString(), Logprobs = logprobs, FinishReason = choice.FinishReason });
        }

        return Response(choices, Usage.Of(generation));
    }

    public void WriteText(EventWriter events, Choice choice, string text)
    {
        CompletionResponse part = Part(events, choice);
        part.Choices[0].Text = text;
        if (WantsLogprobs)
        {
            part.Choices[0].Logprobs = new CompletionLogprobs();
            part.Choices[0].Logprobs!.AddTokens(generation.Request.Model.Tokenizer, choice.SettledTokens, EchoText(choice).Length);
        }

        Write(events, part);
    }

    public void WriteFinish(EventWriter events, Choice choice)
    {
        CompletionResponse part = Part(events, choice);
        part.Choices[0].Text = "";
        part.Choices[0].Logprobs = null;
        part.Choices[0].FinishReason = choice.FinishReason;
        Write(events, part);
    }

    public void WriteUsage(EventWriter events) => events.Write(Response([], Usage.Of(generation)), OpenAIJson.Default.CompletionResponse);

    private string EchoText(Choice choice) => request.EchoTexts?[choice.Index / request.Generation.ChoicesPerPrompt] ?? "";

    private void AddPrompt(Choice choice, StringBuilder text, CompletionLogprobs? logprobs)
    {
        text.Append(EchoText(choice));
        if (request.EchoTexts is not null) logprobs?.AddPrompt(generation.Request.Model.Tokenizer, choice.Sequence);
    }

    /// <summary>The part of a choice, after the prompt was sent where it is wanted.</summary>
    private CompletionResponse Part(EventWriter events, Choice choice)
    {
        if (_parts[choice.Index] is { } part) return part;
        part = _parts[choice.Index] = Response([new CompletionChoice { Index = choice.Index }], null);
        if (request.EchoTexts is null) return part;
        var text = new StringBuilder();
        CompletionLogprobs? logprobs = WantsLogprobs ? new CompletionLogprobs() : null;
        AddPrompt(choice, text, logprobs);
        part.Choices[0].Text = text.ToString();
        part.Choices[0].Logprobs = logprobs;
        Write(events, part);
        return part;
    }

    private void Write(EventWriter events, CompletionResponse part)
    {
        if (request.Stream.ContinuousUsage) part.Usage = Usage.Of(generation);
        events.Write(part, OpenAIJson.Default.CompletionResponse);
    }

    private CompletionResponse Response(IReadOnlyList<CompletionChoice> choices, Usage? usage) =>
        new() { Id = id, Created = _created, Model = generation.Request.Model.Name, Choices = choices, Usage = usage };
}
