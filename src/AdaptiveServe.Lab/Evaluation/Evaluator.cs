using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Suites;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>Lets a model reply to examples, as many at once as it runs, and judges the replies.</summary>
internal static class Evaluator
{
    /// <param name="model">Who replies; only one evaluation at a time.</param>
    /// <param name="examples">At least one.</param>
    /// <param name="options">How replies are made.</param>
    /// <param name="onDone">Called after each reply, by any thread.</param>
    /// <param name="cancellation">Ends the running replies too.</param>
    /// <returns>The results in the order of the examples.</returns>
    /// <exception cref="LabException">
    /// The model cannot do what the options say, a prompt is longer than its context, or a forward failed.
    /// </exception>
    public static async Task<EvaluationResult> RunAsync(
        EvaluationModel model, IReadOnlyList<EvaluationExample> examples, EvaluationOptions options, Action onDone,
        CancellationToken cancellation)
    {
        EnsurePossible(model.Engine.Info, options.Adaptive);
        int[][] prompts = [.. examples.Select((example, index) => Encode(model, example, index))];
        ExampleResult[] results = new ExampleResult[examples.Count];
        long started = TimeProvider.System.GetTimestamp();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = model.Concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(0, examples.Count, parallel, async (index, stopping) =>
        {
            int room = model.Engine.Info.ContextLength - prompts[index].Length;
            Sequence sequence = CreateSequence(prompts[index], options.Sampling(index, room), ChoiceFor(index, options));
            options.Expected?.Expect(sequence, index);
            List<GeneratedToken>? tokens = options.KeepTokens ? [] : null;
            string reply = await ReplyWriter.RunAsync(model, sequence, tokens, stopping);
            results[index] = ExampleResult.Of(examples[index], sequence, reply) with { Tokens = tokens ?? [] };
            onDone();
        });
        return new EvaluationResult(results, TimeProvider.System.GetElapsedTime(started), model.Engine.Info.LargeLayers);
    }

    private static AdaptiveChoice ChoiceFor(int index, EvaluationOptions options)
    {
        AdaptiveChoice choice = options.Adaptive;
        if (options.Paths is { } paths) choice = choice with { Routing = choice.Routing with { Layers = paths[index] } };
        return options.Expected is { } expected ? choice with { Proposal = expected.Strategy.Name, Speculation = ExpectedReplies.Speculation } : choice;
    }

    private static void EnsurePossible(ModelInfo info, AdaptiveChoice choice)
    {
        bool hasTarget = StrategyRegistry.BuiltIn.TryGetTarget(choice.Target, out ITargetStrategy? target);
        bool drafts = StrategyRegistry.BuiltIn.TryGetProposal(choice.Proposal, out IProposalStrategy? proposal) && proposal is { NeedsSmall: true };
        bool needsSmall = drafts || (hasTarget && target!.Roles.Contains(ModelRole.Small));
        if (needsSmall && !info.HasSmall)
            throw new LabException($"target '{choice.Target}', proposal '{choice.Proposal}': needs a small model, and there is none");
        if (proposal is not null && choice.Speculation.UsesAcceptanceHead && !info.HasAcceptanceHead)
            throw new LabException("stop 'learned': needs an acceptance head of the pair beside the large model (train acceptance-head)");
        if (choice is { Target: "entropy", Entropy.Criterion: "acceptance" } && !info.JudgesNextToken)
            throw new LabException("criterion 'acceptance': needs an acceptance head that scores next tokens (train acceptance-head)");
        EnsureRoutes(info, choice, target!, drafts ? null : proposal);
    }

    private static void EnsureRoutes(ModelInfo info, AdaptiveChoice choice, ITargetStrategy target, IProposalStrategy? proposal)
    {
        try
        {
            Sequence any = CreateSequence([0], new SamplingParams(), choice);
            _ = target.ChooseRoute(any, info);
            _ = proposal?.ChooseDraftRoute(any, info);
        }
        catch (ArgumentException exception)
        {
            throw new LabException($"target '{choice.Target}', proposal '{choice.Proposal}': {OneLine.Of(exception.Message)}", exception);
        }
    }

    /// <summary>The prompt of an example, if it leaves room for a reply.</summary>
    /// <exception cref="LabException">It does not.</exception>
    public static int[] Encode(EvaluationModel model, EvaluationExample example, int index)
    {
        int[] prompt = model.Encode(example);
        int context = model.Engine.Info.ContextLength;
        if (prompt.Length == 0) throw new LabException($"example {index + 1}: the prompt has no tokens");
        if (prompt.Length >= context)
            throw new LabException($"example {index + 1}: the prompt has {prompt.Length} tokens, and the model's context {context}");
        return prompt;
    }

    private static Sequence CreateSequence(int[] prompt, SamplingParams sampling, AdaptiveChoice choice) => new(prompt, sampling)
    {
        Target = choice.Target,
        Proposal = choice.Proposal,
        EntropySwitching = choice.Entropy,
        Cascade = choice.Cascade,
        Control = choice.Control,
        Speculation = choice.Speculation,
        Routing = choice.Routing,
    };
}
