using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.Telemetry;
using AdaptiveServe.Text.Streaming;

namespace AdaptiveServe.Server.Generation;

/// <summary>A request that the engine has taken: its choices, until the last one is complete. Disposing it ends what is not.</summary>
internal sealed class RunningGeneration : IDisposable
{
    private readonly Action _ended;

    /// <param name="request">What was asked.</param>
    /// <param name="sequences">What the engine took.</param>
    /// <param name="record">Told of each token.</param>
    /// <param name="ended">Called for each choice when the generation ends.</param>
    public RunningGeneration(GenerationRequest request, IReadOnlyList<Sequence> sequences, RequestRecord record, Action ended)
    {
        _ended = ended;
        Request = request;
        PromptTokens = request.Prompts.Sum(prompt => prompt.Length);
        var stop = new StopStrings(request.Stop);
        Choices = [.. sequences.Select((sequence, index) => new Choice(index, sequence, request.Model.Tokenizer, stop, request.Adaptive.Trace, record))];
    }

    public GenerationRequest Request { get; }

    public IReadOnlyList<Choice> Choices { get; }

    /// <summary>What a stream that had begun was ended with.</summary>
    public ApiException? Failure { get; set; }

    /// <summary>True when every choice is complete and was read.</summary>
    public bool IsComplete => Choices.All(choice => choice.FinishReason is not null);

    /// <summary>Tokens of the prompts, each counted once however many answers it has.</summary>
    public int PromptTokens { get; }

    public int CompletionTokens => Choices.Sum(choice => choice.CompletionTokens);

    /// <summary>Prompt tokens whose keys and values were in the cache.</summary>
    public int CachedPromptTokens => Choices
        .Where(choice => choice.Index % Request.ChoicesPerPrompt == 0).Sum(choice => choice.Sequence.Stats.CachedPromptTokens);

    /// <summary>Layers of the large model over all tokens that it generated: run, left out, and run a second time.</summary>
    public (long Executed, long Skipped, long Repeated) LargeLayers
    {
        get
        {
            long executed = 0, skipped = 0, repeated = 0;
            foreach (Choice choice in Choices)
            {
                long tokens = choice.TokensOf(ModelRole.Large), routed = choice.Sequence.CountRouted(tokens);
                LayerRoute? route = choice.Sequence.Route;
                executed += tokens * Request.Model.Engine.Info.LargeLayers - routed * (route?.Skipped ?? 0);
                skipped += routed * (route?.Skipped ?? 0);
                repeated += routed * (route?.Repeated ?? 0);
            }

            return (executed, skipped, repeated);
        }
    }

    /// <summary>Reads all choices at once: a stop string is found by the reader, so none may wait for another. The first failure ends all.</summary>
    public async Task ReadAllAsync(Func<Choice, CancellationToken, Task> read, CancellationToken cancellation)
    {
        if (Choices.Count == 1)
        {
            await read(Choices[0], cancellation);
            return;
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> reads = [.. Choices.Select(choice => read(choice, stopping.Token))];
        try
        {
            await foreach (Task ended in Task.WhenEach(reads)) await ended;
        }
        catch
        {
            await stopping.CancelAsync();
            await Task.WhenAll(reads).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Ends what is not complete, at the engine's next step.</summary>
    public void Cancel()
    {
        foreach (Choice choice in Choices)
            if (choice.FinishReason is null) choice.Sequence.Cancel();
    }

    public void Dispose()
    {
        Cancel();
        foreach (Choice _ in Choices) _ended();
    }
}
