using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Tests.Sequences;
using AdaptiveServe.Engine.Tests.Strategies;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class SchedulerDraftTests
{
    [Fact]
    public void Step_DraftOfThree_IsVerifiedInOneForward()
    {
        using var trace = new SchedulerTrace();
        var drafts = new FixedDrafts(3);
        Sequence sequence = trace.Add('a', prompt: 5, max: 12, proposal: drafts);
        Assert.Equal("", trace.Small()); // no draft before the large model has seen the prompt
        Assert.Equal("a[0..5)*1", trace.Step());
        Assert.Equal("~a[0..6)*1", trace.Small());
        Assert.Equal("~a[6..7)*1", trace.Small());
        Assert.Equal("~a[7..8)*1", trace.Small());
        Assert.Equal("", trace.Small());
        Assert.Equal("a[5..9)*4", trace.Step());
        trace.Finish();
        Assert.Equal(drafts.Outcomes.Sum(outcome => outcome.Drafted), sequence.Stats.Drafted);
        Assert.Equal(drafts.Outcomes.Sum(outcome => outcome.Accepted), sequence.Stats.Accepted);
        Assert.Equal(sequence.Stats.Accepted, sequence.ReadAll().Count(token => token.Drafted));
        Assert.InRange(sequence.Stats.Accepted, 1, sequence.Stats.Drafted - 1); // some of each
        Assert.True(sequence.Stats.LargeForwards < 12, "drafts saved no forward");
        Assert.Equal((0, 12), (sequence.Stats.SmallTokens, sequence.Stats.LargeTokens));
    }

    /// <summary>The large model's own draft takes one forward for each token, and verification runs over all of it again.</summary>
    [Fact]
    public void Step_LargeModelDrafts_ComputesNothingThatStays()
    {
        using var trace = new SchedulerTrace();
        Sequence sequence = trace.Add('a', prompt: 5, max: 12, proposal: new FixedDrafts(3, drafter: Drafter.Self));
        Assert.Equal("a[0..5)*1", trace.Step());
        Assert.Equal("", trace.Small());
        Assert.Equal("~a[5..6)*1", trace.Step());
        Assert.Equal("~a[6..7)*1", trace.Step());
        Assert.Equal(5, trace.Rows['a'].Computed(ModelRole.Large));
        Assert.Equal("~a[7..8)*1", trace.Step());
        Assert.Equal("a[5..9)*4", trace.Step());
        trace.Finish();
        Assert.InRange(sequence.Stats.Accepted, 1, sequence.Stats.Drafted - 1); // some of each
        Assert.Equal((0, 12), (sequence.Stats.SmallForwards, sequence.Stats.LargeTokens));
    }

    [Fact]
    public void Small_OthersDraft_AsksNobodyForAPlan()
    {
        using var trace = new SchedulerTrace();
        var drafts = new FixedDrafts(1, drafter: Drafter.Self);
        trace.Add('a', prompt: 5, max: 20, proposal: drafts);
        for (int step = 0; step < 3; step++) trace.Step(); // the prompt, a draft and its verification
        int plans = drafts.Plans;
        Assert.Equal("", trace.Small());
        Assert.Equal(plans, drafts.Plans);
        trace.Step();
        Assert.Equal(plans + 1, drafts.Plans);
    }

    /// <summary>Two rows, one of which drafts: the other is not held up.</summary>
    [Fact]
    public void Step_LargeModelDraftsForOneRow_OthersGoOn()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 5, max: 12, proposal: new FixedDrafts(2, drafter: Drafter.Self));
        trace.Add('b', prompt: 3, max: 12);
        Assert.Equal("a[0..5)*1 b[0..3)*1", trace.Step());
        Assert.Equal("~a[5..6)*1 b[3..4)*1", trace.Step());
        Assert.Equal("~a[6..7)*1 b[4..5)*1", trace.Step());
        Assert.Equal("a[5..8)*3 b[5..6)*1", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Step_LargeModelDraftsWithoutBlocks_VerifiesWhatThereIs()
    {
        using var trace = new SchedulerTrace(blocks: 2, prefixCaching: false);
        trace.Add('a', prompt: 5, max: 3, proposal: new FixedDrafts(3, drafter: Drafter.Self));
        trace.Finish();
    }

    [Fact]
    public void Step_RejectedDrafts_AreDraftedAgainFromTheFirstWrongToken()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 5, max: 30, proposal: new FixedDrafts(3));
        trace.Step();
        for (int step = 0; trace.Scheduler.HasWork; step++)
        {
            Assert.True(step < 30, "no token in a step");
            int count = trace.Rows['a'].Sequence.Count, small = trace.Rows['a'].Computed(ModelRole.Small);
            Assert.InRange(small, 0, count - 1);
            if (count < 34) Assert.Equal($"~a[{small}..{count})*1", trace.Small());
            trace.Small();
            trace.Small();
            trace.Step();
        }

        trace.Finish();
    }

    [Fact]
    public void Small_DraftNearTheTokenLimit_LeavesRoomForTheTokenOfTheVerification()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 4, max: 3, proposal: new FixedDrafts(8));
        trace.Step();
        Assert.Equal("~a[0..5)*1", trace.Small());
        Assert.Equal("", trace.Small());
        Assert.Equal("a[4..6)*2", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Small_PolicyWantsNoMore_EndsTheDraft()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 4, max: 9, proposal: new StoppingDrafts(after: 2));
        trace.Step();
        Assert.Equal("~a[0..5)*1", trace.Small());
        Assert.Equal("~a[5..6)*1", trace.Small());
        Assert.Equal("", trace.Small());
        Assert.Equal("a[4..7)*3", trace.Step());
        trace.Finish();
    }

    [Fact]
    public void Small_Load_IsTheNumberOfRunningRows()
    {
        using var trace = new SchedulerTrace();
        var drafts = new FixedDrafts(1);
        trace.Add('a', proposal: drafts);
        trace.Add('b');
        trace.Step();
        trace.Small();
        Assert.Equal(new StepLoad(2), drafts.LastLoad);
    }

    [Fact]
    public void Step_BudgetForPartOfTheDrafts_VerifiesThatPart()
    {
        using var trace = new SchedulerTrace(rows: 2, budget: 5);
        trace.Add('a', prompt: 4, max: 20, proposal: new FixedDrafts(4));
        trace.Add('b', prompt: 1, max: 20);
        Assert.Equal("a[0..4)*1 b[0..1)*1", trace.Step());
        for (int i = 0; i < 4; i++) trace.Small();
        Assert.Equal("a[4..8)*4 b[1..2)*1", trace.Step());
        trace.Finish();
    }

    /// <summary>What the small model computed for drafts that were never verified must not be taken for the sequence's own.</summary>
    [Fact]
    public void Step_BudgetForNoDraft_TakesAllOfThemBack()
    {
        using var trace = new SchedulerTrace(rows: 3, budget: 3);
        trace.Add('a', prompt: 1, max: 20, proposal: new FixedDrafts(3));
        trace.Add('b', prompt: 1, max: 20);
        trace.Add('c', prompt: 1, max: 20);
        trace.Step();
        for (int i = 0; i < 3; i++) trace.Small();
        Assert.Equal(3, trace.Rows['a'].Drafts.Length);
        Assert.Equal(4, trace.Rows['a'].Computed(ModelRole.Small));
        Assert.Equal("a[1..2)*1 b[1..2)*1 c[1..2)*1", trace.Step());
        Assert.Equal((0, 2), (trace.Rows['a'].Drafts.Length, trace.Rows['a'].Computed(ModelRole.Small)));
        Assert.Equal("~a[2..3)*1", trace.Small());
        trace.Finish();
    }

    [Fact]
    public void Step_NoMemoryForDrafts_VerifiesWithoutThemAndPreemptsNobody()
    {
        using var trace = new SchedulerTrace(blocks: 4);
        Sequence first = trace.Add('a', prompt: 6, max: 7, proposal: new FixedDrafts(3));
        Sequence last = trace.Add('b', prompt: 5, max: 2);
        Assert.Equal("a[0..6)*1 b[0..5)*1", trace.Step());
        for (int i = 0; i < 3; i++) trace.Small();
        Assert.Equal(3, trace.Rows['a'].Drafts.Length); // with them a would need a third block
        Assert.Equal("a[6..7)*1 b[5..6)*1", trace.Step());
        Assert.Equal((0, 0, 0), (first.Stats.Drafted, last.Stats.Preemptions, trace.Rows['a'].Drafts.Length));
        trace.Finish();
    }

    [Fact]
    public void Small_NoMemoryForDrafts_DraftsNothingAndHoldsNothing()
    {
        using var trace = new SchedulerTrace(smallBlocks: 2);
        trace.AddSmall('s', prompt: 5, max: 3);
        trace.Add('a', prompt: 5, max: 9, proposal: new FixedDrafts(3));
        Assert.Equal("s[0..5)*1", trace.Small());
        trace.Step();
        Assert.Equal("s[5..6)*1", trace.Small());
        Assert.Equal(0, trace.Rows['a'].Table(ModelRole.Small).Count);
        long queries = trace.Scheduler.PrefixQueries;
        Assert.Equal("s[6..7)*1", trace.Small());
        Assert.Equal(queries, trace.Scheduler.PrefixQueries);
        Assert.Equal("~a[0..6)*1", trace.Small());
        trace.Finish();
    }

    [Fact]
    public void Small_NoMemoryForTheRestOfAKnownPrompt_LeavesTheCachedBlocksAlone()
    {
        using var trace = new SchedulerTrace(smallBlocks: 3);
        trace.AddSmall('d', prompt: 5, max: 1);
        trace.Small();
        trace.AddSmall('s', prompt: 5, max: 3);
        trace.Add('a', prompt: 5, max: 9, like: 'd', proposal: new FixedDrafts(1));
        Assert.Equal("s[0..5)*1", trace.Small());
        trace.Step();
        Assert.Equal("s[5..6)*1", trace.Small());
        Assert.Equal((0, 2), (trace.Rows['a'].Table(ModelRole.Small).Count, trace.Scheduler.Pool(ModelRole.Small)!.HeldCount));
        trace.Small();
        long hits = trace.Scheduler.PrefixHits;
        Assert.Equal("~a[4..6)*1", trace.Small());
        Assert.Equal(hits + 4, trace.Scheduler.PrefixHits);
        trace.Finish();
    }

    /// <summary>A draft may begin when all of the prompt but its last token is computed: what its lookup finds is not the prompt's.</summary>
    [Fact]
    public void Small_DraftsBeforeThePromptIsDone_DoNotCountAsCachedPrompt()
    {
        using var trace = new SchedulerTrace(rows: 1, budget: 8);
        trace.AddSmall('s', prompt: 9, max: 3);
        trace.Finish();
        Sequence sequence = trace.Add('a', prompt: 9, max: 4, like: 's', proposal: new FixedDrafts(2));
        Assert.Equal("a[0..8)", trace.Step());
        Assert.Equal("~a[8..9)*1", trace.Small());
        trace.Finish();
        Assert.Equal(0, sequence.Stats.CachedPromptTokens);
    }

    [Fact]
    public void Small_KnownPrompt_IsNotComputedAgainForDrafts()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 9, max: 9, proposal: new FixedDrafts(2));
        trace.Finish();
        trace.Add('b', prompt: 9, max: 9, like: 'a', proposal: new FixedDrafts(2));
        Assert.Equal("b[8..9)*1", trace.Step());
        Assert.Equal("~b[8..10)*1", trace.Small());
        trace.Finish();
    }

    /// <summary>Verification ends where the target policy turns to the other model, however good the drafts are.</summary>
    [Fact]
    public void Step_TargetTurnsAmongAcceptedDrafts_EndsTheVerificationThere()
    {
        using var trace = new SchedulerTrace();
        Sequence sequence = trace.Add('a', prompt: 5, max: 24, target: new SwitchingTarget(), proposal: new FixedDrafts(4));
        trace.Finish();
        int last = 1;
        foreach (GeneratedToken token in sequence.ReadAll())
        {
            Assert.Equal(SwitchingTarget.RoleAfter(last), token.Role);
            last = token.Id;
        }

        Assert.True(sequence.Stats is { SmallTokens: > 0, LargeTokens: > 0, Accepted: > 0 }, "nothing was tested");
    }

    [Fact]
    public void Step_StopTokenAmongTheDrafts_EndsThere()
    {
        using var trace = new SchedulerTrace();
        trace.Add('a', prompt: 5, max: 40);
        List<int> alone = trace.Alone('a');
        foreach (int stop in alone.Distinct().Take(8).ToList())
        {
            char name = (char)('b' + trace.Rows.Count);
            Sequence sequence = trace.Add(name, prompt: 5, max: 40, like: 'a', stop: [stop], proposal: new FixedDrafts(6));
            trace.Finish();
            Assert.Equal(Math.Min(alone.IndexOf(stop), (alone.IndexOf(0) + 1000) % 1000) + 1, sequence.GeneratedCount);
        }
    }

    private sealed class StoppingDrafts(int after) : IProposalPolicy
    {
        public DraftPlan Plan(Sequence sequence, in StepLoad load) => new(Drafter.Small, 100);

        public bool ShouldContinue(in DraftState state) => state.Drafted < after;

        public void Observe(in DraftOutcome outcome)
        {
        }
    }
}
