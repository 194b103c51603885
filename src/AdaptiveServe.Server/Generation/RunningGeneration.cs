using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.Telemetry;

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
        Choices = [.. sequences.Select((sequence, index) => new Choice(index, sequence, request.Model.Tokenizer, request.Stop, request.Adaptive.Trace, record))];
    }

    public GenerationRequest Request { get; }

    public IReadOnlyList<Choice> Choices { get; }

    /// <summary>What a stream that had begun was ended with.</summary>
    public ApiException? Failure { get; set; }

    /// <summary>True when every choice is complete and was read.</summary>
    public bool IsComplete => Choices.All(choice => choice.FinishReason is not null);

    /// <summary>Tokens of the prompts, each counted once however many answers it has.</summary>
    public int PromptTokens => Request.Prompts.Sum(prompt => prompt.Length);

    public int CompletionTokens => Choices.Sum(choice => choice.CompletionTokens);

    /// <summary>Prompt tokens whose keys and values were in the cache.</summary>
    public int CachedPromptTokens => Choices
        .Where(choice => choice.Index % Request.ChoicesPerPrompt == 0).Sum(choice => choice.Sequence.Stats.CachedPromptTokens);

    public void Dispose()
    {
        foreach (Choice choice in Choices)
        {
            if (choice.FinishReason is null) choice.Sequence.Cancel();
            _ended();
        }
    }
}
