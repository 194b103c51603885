using System.Text;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Text.Streaming;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>Runs a sequence and writes its tokens as text.</summary>
internal static class ReplyWriter
{
    /// <param name="model">Who replies.</param>
    /// <param name="sequence">What to run.</param>
    /// <param name="tokens">Gets the tokens too, where it is not null.</param>
    /// <param name="cancellation">Ends the sequence.</param>
    /// <exception cref="LabException">The engine cannot run the sequence, or failed on it.</exception>
    public static async Task<string> RunAsync(
        EvaluationModel model, Sequence sequence, List<GeneratedToken>? tokens, CancellationToken cancellation)
    {
        SubmitResult submitted = model.Engine.Submit(sequence);
        if (submitted != SubmitResult.Accepted) throw Failed(model, Reason(submitted));
        try
        {
            string reply = await ReadAsync(model, sequence, tokens, cancellation);
            return sequence.FinishReason is FinishReason.Stop or FinishReason.Length ? reply : throw Failed(model, sequence.Error);
        }
        finally
        {
            sequence.Cancel(); // what nobody reads must not go on
        }
    }

    private static async Task<string> ReadAsync(
        EvaluationModel model, Sequence sequence, List<GeneratedToken>? tokens, CancellationToken cancellation)
    {
        IncrementalDetokenizer detokenizer = new(model.Tokenizer, sequence.Tokens[..sequence.PromptLength]);
        StringBuilder text = new();
        await foreach (GeneratedToken token in sequence.Output.ReadAllAsync(cancellation))
        {
            tokens?.Add(token);
            if (!token.IsStop) text.Append(detokenizer.Append(token.Id));
        }

        return text.Append(detokenizer.Flush()).ToString();
    }

    private static string Reason(SubmitResult refused) => refused switch
    {
        SubmitResult.TooLong => "a prompt and its reply need more memory for keys and values than there is",
        _ => $"it takes no sequence ({refused})",
    };

    private static LabException Failed(EvaluationModel model, string? reason) =>
        new($"the engine failed: {model.Failure ?? reason ?? "it was stopped"}");
}
