using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Scheduling;

/// <summary>A defect that a simulation must notice.</summary>
internal abstract class Sabotage
{
    public virtual void BeforeStep(Scheduler scheduler, RunningSequence[] rows)
    {
    }

    public virtual void AfterForward(StepBatch batch, StepResult result)
    {
    }
}

/// <summary>Takes every draft for right.</summary>
internal sealed class AcceptsEveryDraft : Sabotage
{
    public override void AfterForward(StepBatch batch, StepResult result)
    {
        foreach (ScheduledSequence row in batch.Rows)
            if (!row.IsDraft) row.Running.Drafts.CopyTo(result.Tokens.Slice(row.FirstSample, row.SampleCount));
    }
}

/// <summary>Leaves what the small model computed for rejected drafts where it is.</summary>
internal sealed class KeepsRejectedDrafts : Sabotage
{
    private readonly Dictionary<RunningSequence, int> _computed = [];

    public override void AfterForward(StepBatch batch, StepResult result)
    {
        foreach (ScheduledSequence row in batch.Rows)
            if (row.IsDraft) _computed[row.Running] = row.Start + row.Count;
    }

    public override void BeforeStep(Scheduler scheduler, RunningSequence[] rows)
    {
        foreach ((RunningSequence row, int computed) in _computed)
        {
            bool isBehind = row.Computed(ModelRole.Small) > 0 && row.Computed(ModelRole.Small) < computed;
            if (isBehind) row.SetComputed(ModelRole.Small, Math.Min(computed, row.Sequence.Count - 1));
        }
    }
}

/// <summary>Takes what the large model computed while it drafted for what all its layers compute.</summary>
internal sealed class KeepsItsOwnDrafts : Sabotage
{
    public override void BeforeStep(Scheduler scheduler, RunningSequence[] rows)
    {
        foreach (RunningSequence row in rows)
            if (row.DraftsItself && row.Drafts.Length > 0) row.SetComputed(ModelRole.Large, row.Sequence.Count);
    }
}

/// <summary>Loses a block.</summary>
internal sealed class LeaksABlock : Sabotage
{
    public override void BeforeStep(Scheduler scheduler, RunningSequence[] rows) =>
        scheduler.Pool(ModelRole.Large)!.TryGrow(new BlockTable(), tokens: 1, expectedTokens: 1);
}

/// <summary>Lets a sequence write into a block of another.</summary>
internal sealed class GivesABlockToTwo : Sabotage
{
    public override void BeforeStep(Scheduler scheduler, RunningSequence[] rows)
    {
        BlockTable[] tables = [.. rows.Select(row => row.Table(ModelRole.Large)).Where(table => table.Count > 0)];
        if (tables.Length > 1) tables[0].Add(tables[1].Last);
    }
}

/// <summary>Believes that the last token is computed, so that there is nothing to do.</summary>
internal sealed class ForgetsTheLastToken : Sabotage
{
    public override void BeforeStep(Scheduler scheduler, RunningSequence[] rows)
    {
        foreach (RunningSequence row in rows)
            if (row.Sequence.GeneratedCount > 2) row.SetComputed(ModelRole.Large, row.Sequence.Count);
    }
}

/// <summary>Skips the first token of a chunk.</summary>
internal sealed class SkipsAToken : Sabotage
{
    public override void BeforeStep(Scheduler scheduler, RunningSequence[] rows)
    {
        foreach (RunningSequence row in rows)
        {
            int computed = row.Computed(ModelRole.Large);
            if (computed > 0 && computed < row.Sequence.PromptLength - 1) row.SetComputed(ModelRole.Large, computed + 1);
        }
    }
}

/// <summary>Does not give the branches of a draft tree the keys and values that they share with others.</summary>
internal sealed class ForgetsWhatBranchesShare : Sabotage;

/// <summary>Takes the token of a branch for verified after another path: what stands before it is not what the sequence then holds.</summary>
internal sealed class MixesUpBranches : Sabotage
{
    public override void AfterForward(StepBatch batch, StepResult result)
    {
        foreach (ScheduledSequence row in batch.Rows)
            if (row.Branch is { Shared: 0 } branch) result.Tokens[batch.Rows[0].FirstSample] = branch.Path[0];
    }
}

/// <summary>The runner of a sabotaged simulation.</summary>
internal sealed class SabotagedRunner(IModelRunner runner, Sabotage sabotage) : IModelRunner
{
    public ModelInfo Info => runner.Info;

    public void Start() => runner.Start();

    public StepResult Execute(StepBatch batch)
    {
        StepResult result = runner.Execute(batch);
        sabotage.AfterForward(batch, result);
        return result;
    }

    public void Dispose() => runner.Dispose();
}
