using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>
/// Says which distribution is sampled: the first of the two axes. Registered once and found by name; gives each sequence a policy of its own.
/// </summary>
public interface ITargetStrategy
{
    /// <summary>The name that requests use.</summary>
    string Name { get; }

    /// <summary>True when the sampled distribution is the large model's own.</summary>
    bool IsExact { get; }

    /// <summary>True when every token is drafted by the small model first: then no other drafter fits.</summary>
    bool IsDraftedBySmall => false;

    /// <summary>The models that its sequences may run on.</summary>
    IReadOnlyList<ModelRole> Roles { get; }

    /// <summary>The layers of the large model that a sequence runs, chosen once; null for all. Called by the submitting thread.</summary>
    /// <exception cref="ArgumentException">The sequence asks for a route that there is not.</exception>
    LayerRoute? ChooseRoute(Sequence sequence, ModelInfo info) => null;

    /// <summary>True when the layers are chosen later, by what the large model makes of the prompt; <see cref="ChooseRoute"/> then gives null.</summary>
    bool ReadsPrompt(Sequence sequence) => false;

    /// <summary>Makes the policy of one sequence. Called by the submitting thread.</summary>
    ITargetPolicy CreatePolicy(Sequence sequence);
}
