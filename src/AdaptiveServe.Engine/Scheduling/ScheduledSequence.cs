using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>One sequence's share of a batch: run its tokens [Start, Start + Count) and sample after the last ones.</summary>
/// <param name="Running">Whose tokens.</param>
/// <param name="Start">Position of the first token to run; everything before it is computed.</param>
/// <param name="Count">How many tokens to run; drafted tokens come last.</param>
/// <param name="SampleCount">
/// After how many of the last tokens to sample: 0 for a chunk in the middle, 1 at the end, 1 + drafts to verify drafts.
/// </param>
/// <param name="FirstSample">Index of the first of these samples in the <see cref="StepResult"/>.</param>
/// <param name="IsDraft">True when the sample becomes a draft.</param>
/// <param name="Branch">The branch of a draft tree that the tokens end, or null for the sequence and its first path of drafts.</param>
public readonly record struct ScheduledSequence(
    RunningSequence Running, int Start, int Count, int SampleCount, int FirstSample, bool IsDraft, DraftBranch? Branch = null)
{
    /// <summary>Where the keys and values of the sequence, and of what is drafted here, lie on a model.</summary>
    public BlockTable Blocks(ModelRole role) => Branch?.Blocks ?? Running.Table(role);

    /// <summary>Copies the tokens from <paramref name="start"/> on, the sequence's own and then the drafts that lead here.</summary>
    public void CopyTokens(int start, Span<int> destination) => Running.CopyTokens(start, destination, Branch);

    /// <summary>The layers to run, or null for all of the model.</summary>
    public LayerRoute? Route(ModelRole role) => Running.Route(role, IsDraft, Start);

    /// <summary>True when a router must see what the large model makes of this share of a prompt.</summary>
    public bool IsReadByRouter => !IsDraft && Running.Sequence.AwaitsRoute && Start < Running.Sequence.PromptLength;

    /// <summary>True when the large model must say which of its layers were void at the samples.</summary>
    public bool WantsVoidLayers => !IsDraft && SampleCount > 0 && Running.Sequence.Routing.TracesVoids;

    /// <summary>True for drafts that the large model only checks: they are the most likely token, whatever the request's sampling says.</summary>
    public bool TakesMostLikely => IsDraft && !Running.IsMixture;

    /// <summary>True when the log-probabilities of prompt tokens in this share must be reported.</summary>
    public bool WantsPromptLogprobs => !IsDraft && Running.Sequence.Sampling.PromptLogprobs is not null
        && Start < Running.Sequence.PromptLength && Running.Sequence.GeneratedCount == 0;
}
