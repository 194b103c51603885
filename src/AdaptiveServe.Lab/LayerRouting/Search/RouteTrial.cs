using System.Collections.Concurrent;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation;

namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>Tries paths on one prompt; each path once.</summary>
/// <remarks>
/// Where the whole model's reply is right, a path is correct that gives the same reply, token for token: one forward shows it. Where it is
/// wrong, a path is correct whose own reply passes the example's checker. A path runs as the server runs it: behind a prompt that all layers
/// computed, or with the prompt where a layer runs twice.
/// </remarks>
internal sealed class RouteTrial(EvaluationModel model, ReferenceStrategy reference, SearchPrompt prompt, CancellationToken cancellation)
{
    private const int MaxReplyTokens = 192;

    private readonly ConcurrentDictionary<LayerRoute, Task<bool>> _tried = new();

    public int Layers => model.Engine.Info.LargeLayers;

    public int MaxRepeats => model.Engine.Info.LargeRepeats;

    public bool IsWholeRight => prompt.IsRight;

    /// <summary>Paths that were tried.</summary>
    public int Count => _tried.Count;

    /// <summary>The paths that were correct, the shortest first.</summary>
    public IReadOnlyList<LayerRoute> Correct() =>
        [.. _tried.Where(entry => entry.Value is { IsCompletedSuccessfully: true, Result: true }).Select(entry => entry.Key).OrderBy(route => route.Layers.Count)];

    /// <summary>Whether a path is correct.</summary>
    public Task<bool> TryAsync(LayerRoute route) => _tried.GetOrAdd(route, RunAsync);

    private Task<bool> RunAsync(LayerRoute route)
    {
        if (route.IsPlain) return Task.FromResult(prompt.IsRight);
        return prompt.IsRight ? GivesReplyAsync(route) : PassesAsync(route);
    }

    private async Task<bool> GivesReplyAsync(LayerRoute route)
    {
        Sequence sequence = Create(route, prompt.Reply.Length, reference.Name);
        reference.Expect(sequence, prompt.Reply);
        if (model.Engine.Submit(sequence) is var submitted and not SubmitResult.Accepted) throw new LabException($"the engine takes no path ({submitted})");
        int given = 0;
        await foreach (GeneratedToken token in sequence.Output.ReadAllAsync(cancellation))
        {
            if (token.Id == prompt.Reply[given++]) continue;
            sequence.Cancel();
            return false;
        }

        return given == prompt.Reply.Length
            ? true
            : throw new LabException($"the engine failed: {model.Failure ?? sequence.Error ?? "it was stopped"}");
    }

    private async Task<bool> PassesAsync(LayerRoute route)
    {
        int room = model.Engine.Info.ContextLength - prompt.Tokens.Length;
        Sequence sequence = Create(route, Math.Min(MaxReplyTokens, room), "none");
        string reply = await ReplyWriter.RunAsync(model, sequence, null, cancellation);
        return prompt.Example.Checker.Passes(reply, prompt.Example.Answer);
    }

    private Sequence Create(LayerRoute route, int maxTokens, string proposal) =>
        new(prompt.Tokens, new SamplingParams { Temperature = 0, MaxTokens = maxTokens })
        {
            Target = "routed",
            Proposal = proposal,
            Routing = new RoutingOptions { Layers = route.Layers, Prompt = RoutingOptions.WholePrompt },
            Speculation = ExpectedReplies.Speculation,
        };
}
