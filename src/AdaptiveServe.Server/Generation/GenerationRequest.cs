using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

namespace AdaptiveServe.Server.Generation;

/// <summary>What an endpoint asks to be generated, checked and free of HTTP and JSON.</summary>
internal sealed record GenerationRequest
{
    public required ServedModel Model { get; init; }

    /// <summary>The name that the client used for it.</summary>
    public required string ModelName { get; init; }

    /// <summary>Token ids of each prompt.</summary>
    public required IReadOnlyList<int[]> Prompts { get; init; }

    /// <summary>Answers to each prompt.</summary>
    public int ChoicesPerPrompt { get; init; } = 1;

    public required SamplingParams Sampling { get; init; }

    /// <summary>Texts that end an answer and are not part of it.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    public required AdaptiveSettings Adaptive { get; init; }

    public int Priority { get; init; }

    /// <summary>The sequences of all choices: those of the first prompt, then those of the second.</summary>
    /// <remarks>A choice's seed depends on the request's seed and its number only, so the first is what the request gives with n = 1.</remarks>
    public Sequence[] CreateSequences()
    {
        var sequences = new Sequence[Prompts.Count * ChoicesPerPrompt];
        RoutingOptions routing = Adaptive.TracesVoids ? Adaptive.Routing with { TracesVoids = true } : Adaptive.Routing;
        for (int i = 0; i < sequences.Length; i++)
        {
            int number = i % ChoicesPerPrompt;
            sequences[i] = new Sequence(Prompts[i / ChoicesPerPrompt], Sampling with { Seed = Sampling.Seed + (ulong)number * 0x9E3779B97F4A7C15 })
            {
                Target = Adaptive.Target,
                Proposal = Adaptive.Proposal,
                EntropySwitching = Adaptive.Entropy,
                Cascade = Adaptive.Cascade,
                Control = Adaptive.Control,
                Speculation = Adaptive.Speculation,
                Routing = routing,
                Priority = Priority,
                SharesPromptWith = number == 0 ? null : sequences[i - number],
            };
        }

        return sequences;
    }
}
