using System.Diagnostics;
using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>Decides who runs in the next forward, with how many tokens and in which blocks, and books what came out of it.</summary>
/// <remarks>
/// Plain integers, used by the engine thread only. Sequences run in order of (priority, arrival). When blocks run out the last one gives
/// its blocks back and is recomputed later, or waits when it is the one that wants more, so the first one always goes on. Decode rows are
/// never held up by prompts: each keeps one token of the budget.
/// </remarks>
internal sealed class Scheduler
{
    private static readonly Comparer<RunningSequence> ByPriorityThenArrival = Comparer<RunningSequence>.Create((a, b) =>
        a.Sequence.Priority != b.Sequence.Priority
            ? a.Sequence.Priority.CompareTo(b.Sequence.Priority)
            : a.Sequence.Arrival.CompareTo(b.Sequence.Arrival));

    private readonly EngineOptions _options;
    private readonly ModelInfo _info;
    private readonly int[] _eosIds;
    private readonly BlockPool?[] _pools;
    private readonly StepBatch[] _batches = [new(ModelRole.Small), new(ModelRole.Large)];
    private readonly List<RunningSequence> _waiting = [], _running = [];
    private readonly RouteRoots _roots = new();
    private readonly DraftTree _tree = new();
    private readonly CancelBell _cancelBell = new();
    private long _cancelsSeen;

    public Scheduler(EngineOptions options, ModelInfo info, ulong cacheSalt = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxBatchTokens, options.MaxSequences);
        _options = options;
        _info = info;
        _eosIds = [.. info.EosIds];
        _pools = [Pool(info.SmallBlocks), Pool(info.LargeBlocks)];

        BlockPool? Pool(int blocks) => blocks == 0 ? null : new BlockPool(blocks, info.BlockSize, options.PrefixCaching, cacheSalt);
    }

    public int RunningCount => _running.Count;

    public int WaitingCount => _waiting.Count;

    public bool HasWork => _running.Count + _waiting.Count > 0;

    /// <summary>Times that a sequence gave its blocks back.</summary>
    public long Preemptions { get; private set; }

    /// <summary>Tokens that sequences looked up in the prefix caches when they began on a model.</summary>
    public long PrefixQueries { get; private set; }

    /// <summary>Tokens that they found there.</summary>
    public long PrefixHits { get; private set; }

    /// <summary>Whether and how far drafting pays.</summary>
    public DraftGovernor Governor { get; } = new();

    /// <summary>The KV blocks of a model, or null without that model.</summary>
    public BlockPool? Pool(ModelRole role) => _pools[(int)role];

    /// <summary>True when the sequence would fit into the memory of every model it may run on if it were alone.</summary>
    public bool CanEverFit(Sequence sequence, IReadOnlyList<ModelRole> roles)
    {
        long tokens = (long)sequence.PromptLength + sequence.Sampling.MaxTokens;
        if (tokens > _info.ContextLength) return false;
        foreach (ModelRole role in roles)
        {
            if (Pool(role) is not { } pool || pool.BlocksFor((int)tokens) > pool.BlockCount) return false;
        }

        return true;
    }

    /// <summary>Takes a new sequence into the queue.</summary>
    public void Add(RunningSequence sequence)
    {
        Insert(_waiting, sequence); // first: whatever happens, it is ended with the others
        sequence.Sequence.AnnounceCancellation(_cancelBell);
        SetRoot(sequence);
        sequence.PlanNext();
    }

    /// <summary>Ends the sequences whose readers left, then lets waiting ones run while memory and the number of rows allow.</summary>
    /// <returns>What left the queue for the first time: admitted, or cancelled in it.</returns>
    public QueueShare Admit()
    {
        QueueShare left = EndCancelled();
        if (_waiting.Count == 0) return left;
        Span<int> promised = [PromisedBlocks(ModelRole.Small), PromisedBlocks(ModelRole.Large)];
        while (_waiting.Count > 0 && _running.Count < _options.MaxSequences)
        {
            RunningSequence next = _waiting[0];
            ModelRole role = next.Next.Role;
            BlockPool pool = Pool(role)!;
            int blocks = pool.BlocksFor(next.Sequence.Count + 1);
            if (_running.Count > 0 && blocks > pool.AvailableCount - promised[(int)role]) break;
            promised[(int)role] += blocks;
            if (next.Sequence.Status == SequenceStatus.Waiting) left = left.With(next.Sequence);
            _waiting.RemoveAt(0);
            Insert(_running, next);
            next.Sequence.Status = SequenceStatus.Running;
        }

        return left;
    }

    /// <summary>Builds the next forward of one model. Every token it names has a block; the budget of tokens is kept.</summary>
    public StepBatch Schedule(ModelRole role)
    {
        StepBatch batch = _batches[(int)role];
        batch.Clear();
        if (Pool(role) is not { } pool) return batch;

        int budget = _options.MaxBatchTokens;
        int decodeRows = PlanRows(role);
        for (int i = 0; i < _running.Count; i++)
        {
            RunningSequence row = _running[i];
            if (row.Pending == 0) continue;
            if (IsDecode(row)) decodeRows--;
            bool isDraft = row.Next.Role != role || row.IsSelfDrafting;
            int count = Reserve(row, i, role, pool, budget - decodeRows, isDraft);
            if (count == 0 && row.IsSelfDrafting)
            {
                EndSelfDraft(row);
                isDraft = false;
                count = Reserve(row, i, role, pool, budget - decodeRows, isDraft);
            }

            if (count == 0) continue;
            int start = row.NextStart(role);
            batch.Add(row, start, count, Samples(row, role, isDraft, start + count), isDraft);
            budget -= count;
            if (!row.Branches.IsEmpty) budget -= AddBranches(batch, row, pool, budget - decodeRows);
        }

        return batch;
    }

    /// <summary>Books the outcome of a forward: counters, new tokens, drafts taken back, sequences ended.</summary>
    public void Update(StepBatch batch, StepResult result)
    {
        Debug.Assert(result.Count == batch.SampleCount);
        for (int i = 0; i < result.PromptLogprobs.Count; i++)
        {
            var (sequence, position, logprobs, entropy) = result.PromptLogprobs[i];
            sequence.SetPromptLogprobs(position, logprobs, entropy);
        }

        for (int i = 0; i < result.Routes.Count; i++) Decide(result.Routes[i]);
        foreach (ref readonly ScheduledSequence row in batch.Rows)
        {
            if (row.Branch is not null) continue; // booked with its sequence, which comes before it
            CountForward(row.Running.Sequence.Stats, batch.Role);
            if (batch.Role == ModelRole.Large && row.Running.BeginsAnew()) continue;
            if (row.IsDraft) UpdateDraft(row, batch.Role, result);
            else UpdateRow(row, batch.Role, result);
        }

        batch.Clear();
        RemoveEnded(_running);
    }

    /// <summary>Ends the sequences of a forward that failed, and frees their blocks.</summary>
    public void Fail(StepBatch batch, string error)
    {
        foreach (ref readonly ScheduledSequence row in batch.Rows)
            if (row.Branch is null) End(row.Running, FinishReason.Error, error);
        batch.Clear();
        RemoveEnded(_running);
    }

    /// <summary>Ends everything.</summary>
    /// <returns>What left the queue without having run.</returns>
    public QueueShare EndAll(FinishReason reason, string? error)
    {
        QueueShare left = default;
        foreach (RunningSequence sequence in _waiting.Concat(_running))
        {
            if (sequence.Sequence.Status == SequenceStatus.Waiting) left = left.With(sequence.Sequence);
            End(sequence, reason, error);
        }

        _waiting.Clear();
        _running.Clear();
        return left;
    }

    /// <exception cref="InvalidOperationException">A block leaked or has two owners.</exception>
    public void CheckIntegrity()
    {
        for (ModelRole role = ModelRole.Small; role <= ModelRole.Large; role++)
            Pool(role)?.CheckIntegrity(_running.Concat(_waiting).Select(sequence => sequence.Table(role)));
    }

    /// <summary>Finds out how many tokens each row wants to run on a model in this part of the step.</summary>
    /// <returns>How many rows want only the next token (and their drafts).</returns>
    private int PlanRows(ModelRole role)
    {
        int decodeRows = 0;
        var load = new StepLoad(_running.Count);
        foreach (RunningSequence row in _running)
        {
            row.Pending = Math.Max(0, WantedTokens(row, role, load) - row.NextStart(role));
            if (row.Pending > 0 && IsDecode(row)) decodeRows++;
        }

        return decodeRows;
    }

    /// <summary>How many of a row's tokens should be computed on a model after this part of the step; 0 when it takes no part.</summary>
    private int WantedTokens(RunningSequence row, ModelRole role, StepLoad load)
    {
        Sequence sequence = row.Sequence;
        if (IsWaitingForSharedPrompt(row)) return 0;
        if (sequence.AwaitsRoute) TakeSharedRoute(row);
        bool mayDraft = row.Next.Role == ModelRole.Large && (row.Proposal is not null || row.IsMixture)
            && row.Computed(ModelRole.Large) >= sequence.Count - 1;
        if (mayDraft && row.Drafts.IsEmpty && MayBeginDraft(row, role)) BeginDraft(row, role, load);
        if (row.Next.Role == role) return sequence.Count + (role == ModelRole.Large ? row.Drafts.Length + Bonus(row) - 1 : 0);
        bool isDrafting = mayDraft && !row.DraftsItself && row.Drafts.Length < row.DraftLimit;
        return role == ModelRole.Small && isDrafting ? sequence.Count + row.Drafts.Length : 0;
    }

    /// <summary>Only drafts of the small model begin in its part of the step. Who drafts hardly ever changes: the plan before says it.</summary>
    private static bool MayBeginDraft(RunningSequence row, ModelRole role) =>
        role == ModelRole.Large || row.IsMixture || row.DraftPlan.Drafter is Drafter.None or Drafter.Small;

    /// <summary>
    /// A draft of a model begins in that model's part of the step, one of the policy itself just before it is verified. The large model adds
    /// one token in each of its forwards, in which other rows verify theirs.
    /// </summary>
    private void BeginDraft(RunningSequence row, ModelRole role, StepLoad load)
    {
        Sequence sequence = row.Sequence;
        DraftPlan plan = row.Proposal?.Plan(sequence, load) ?? new DraftPlan(Drafter.Small, 1);
        int room = sequence.Sampling.MaxTokens - sequence.GeneratedCount - Bonus(row); // what verification gives beyond what it accepts
        int limit = Math.Min(plan.MaxTokens, SpeculationOptions.MaxDraftLimit);
        limit = plan.Drafter == Drafter.Tree && room > 0 ? limit : Math.Min(limit, room);
        limit = Governor.Limit(row, plan.Drafter, limit, load.Rows);
        if (row.IsMixture) limit = Math.Max(limit, Math.Min(1, room)); // without a draft there is no next token
        row.DraftPlan = plan;
        row.DraftLimit = plan.Drafter is Drafter.Small or Drafter.Self || row.IsMixture ? limit : 0;
        row.DraftsItself = plan.Drafter == Drafter.Self;
        if (plan.Drafter is not (Drafter.Policy or Drafter.Tree) || role != ModelRole.Large || limit <= 0) return;
        bool isWeighed = plan.Drafter == Drafter.Tree && sequence.Speculation.Governed;
        _tree.Begin(limit, room, isWeighed ? Governor.BreakEven(row, load.Rows) : 0);
        row.Proposal!.Draft(sequence, _tree);
        row.TakeDraft(_tree);
    }

    /// <summary>A draft that finds no block is verified as it is.</summary>
    private static void EndSelfDraft(RunningSequence row)
    {
        row.DraftLimit = row.Drafts.Length;
        row.Pending = row.Sequence.Count + row.Drafts.Length - row.Computed(ModelRole.Large);
    }

    private bool IsWaitingForSharedPrompt(RunningSequence row) =>
        row.Sequence is { SharesPromptWith: { Status: SequenceStatus.Running, GeneratedCount: 0 } }
        && row.Sequence.Stats is { SmallForwards: 0, LargeForwards: 0 }
        && MayShareBlocks(row);

    /// <summary>The same router makes the same of the same prompt.</summary>
    private void TakeSharedRoute(RunningSequence row)
    {
        Sequence sequence = row.Sequence;
        if (sequence.SharesPromptWith is not { AwaitsRoute: false } other || row.Table(ModelRole.Large).Count > 0) return;
        if (other.Target != sequence.Target || other.Routing != sequence.Routing) return;
        row.SetRoute(other.Route ?? LayerRoute.Plain(_info.LargeLayers));
        sequence.RouteScores = other.RouteScores;
        SetRoot(row);
    }

    /// <summary>What all layers computed of a prompt is anybody's; what came along a route from the first token on, that route's.</summary>
    private void SetRoot(RunningSequence row) =>
        row.Table(ModelRole.Large).Root = _roots.Of(row.Sequence.RouteStart > 0 ? null : row.Sequence.Route);

    /// <summary>
    /// Takes the route that came of a prompt. One that begins with the prompt has it computed again: what all layers left is given back, and
    /// what was sampled behind it does not count.
    /// </summary>
    private void Decide(in RouteDecision decision)
    {
        RunningSequence row = decision.Running;
        row.SetRoute(decision.Route);
        row.Sequence.RouteScores = decision.Scores;
        if (row.Sequence.Route is null || row.Sequence.RouteStart > 0) return;
        Drop(row, ModelRole.Large);
        SetRoot(row);
        FreeBranches(row);
        row.BeginAnew();
    }

    /// <summary>Log-probabilities of the prompt need a run of every position.</summary>
    private bool MayShareBlocks(RunningSequence row) =>
        _options.PrefixCaching && (row.Sequence.Sampling.PromptLogprobs is null || row.Sequence.GeneratedCount > 0);

    private static bool IsDecode(RunningSequence row) => row.Pending <= 1 + row.Drafts.Length;

    /// <summary>Gets a row the blocks of its next tokens.</summary>
    /// <returns>How many tokens, at most <paramref name="budget"/>; 0 when it has to wait for tokens or blocks.</returns>
    private int Reserve(RunningSequence row, int index, ModelRole role, BlockPool pool, int budget, bool isDraft)
    {
        if (budget == 0) return 0;
        bool isRead = role == ModelRole.Large && row.Sequence.AwaitsRoute; // a router must see every position
        bool looksUp = row.Table(role).Count == 0 && MayShareBlocks(row) && !isRead;
        if (looksUp) Attach(row, role, pool);
        int start = row.NextStart(role), tokens = start + Math.Min(row.Pending, budget);
        int routed = row.Sequence.RouteStart;
        if (role == ModelRole.Large && !isDraft && start < routed) tokens = Math.Min(tokens, routed);
        if (!TryGrow(row, role, pool, tokens))
        {
            tokens = Math.Min(tokens, row.Sequence.Count); // nobody loses blocks to drafts
            bool canWait = isDraft && !(row.IsMixture && row.Drafts.IsEmpty);
            if (canWait || !GrowOrPreempt(row, index, role, pool, tokens))
            {
                if (looksUp) Drop(row, role);
                return 0;
            }
        }

        if (looksUp) CountLookup(row.Sequence, start);
        return tokens - start;
    }

    private static void Attach(RunningSequence row, ModelRole role, BlockPool pool)
    {
        int last = Shareable(row, role, row.Sequence.Count - 1); // the last token must be run to get its logits
        int cached = pool.Attach(row.Table(role), row.Sequence.Tokens[..last]);
        row.SetComputed(role, cached);
        row.Pending -= cached;
    }

    private void CountLookup(Sequence sequence, int cached)
    {
        PrefixQueries += sequence.Count - 1;
        PrefixHits += cached;
        bool isFirst = sequence.Stats is { SmallForwards: 0, LargeForwards: 0 }; // the other model looks up later, if at all
        if (isFirst) sequence.Stats.CachedPromptTokens = cached;
    }

    private static bool TryGrow(RunningSequence row, ModelRole role, BlockPool pool, int tokens) =>
        pool.TryGrow(row.Table(role), tokens, row.Sequence.PromptLength + row.Sequence.Sampling.MaxTokens);

    /// <summary>Gets a row its blocks, taking them from the last rows when there are none.</summary>
    /// <returns>False when all blocks belong to the row itself and to earlier ones, which will end.</returns>
    private bool GrowOrPreempt(RunningSequence row, int index, ModelRole role, BlockPool pool, int tokens)
    {
        while (!TryGrow(row, role, pool, tokens))
        {
            int victim = _running.Count - 1;
            while (victim > index && _running[victim].Table(role).Count == 0) victim--;
            if (victim == index) return false;
            if (_running[victim].Next.Role == role) Preempt(victim);
            else Drop(_running[victim], role); // it goes on with the other model
        }

        return true;
    }

    private void Preempt(int index)
    {
        RunningSequence row = _running[index];
        _running.RemoveAt(index);
        Release(row);
        row.Sequence.Status = SequenceStatus.Preempted;
        row.Sequence.Stats.Preemptions++;
        Preemptions++;
        Insert(_waiting, row);
    }

    /// <summary>After how many of the scheduled tokens to sample; drafts beyond the budget are dropped, which is exact.</summary>
    private static int Samples(RunningSequence row, ModelRole role, bool isDraft, int tokens)
    {
        int own = row.Sequence.Count;
        if (isDraft) return tokens == own + row.Drafts.Length ? 1 : 0;
        if (tokens < own || row.Sequence.Sampling.MaxTokens == 0) return 0;
        if (role == ModelRole.Small) return 1;
        row.TrimDrafts(tokens - own + 1 - Bonus(row));
        return Bonus(row) + row.Drafts.Length;
    }

    /// <summary>
    /// Adds the other paths of a draft tree to the forward that verifies its first one. A path without tokens of the budget or blocks is
    /// dropped, and those that leave it with it, which is exact.
    /// </summary>
    /// <returns>How many tokens they take.</returns>
    private static int AddBranches(StepBatch batch, RunningSequence row, BlockPool pool, int budget)
    {
        int used = 0, own = row.Sequence.Count, shared = own / pool.BlockSize;
        foreach (DraftBranch branch in row.Branches)
        {
            int length = branch.Path.Length, count = length - branch.Shared;
            if (used + count > budget || branch.Parent is { IsScheduled: false }) continue;
            if (!pool.TryFork(row.Table(ModelRole.Large), branch.Blocks, shared, own + length)) continue;
            branch.Schedule(shared * pool.BlockSize, batch.SampleCount);
            batch.Add(row, branch.Start, count, count, isDraft: false, branch);
            used += count;
        }

        return used;
    }

    private void FreeBranches(RunningSequence row)
    {
        foreach (DraftBranch branch in row.Branches) Pool(ModelRole.Large)!.Free(branch.Blocks);
    }

    private static void CountForward(SequenceStats stats, ModelRole role)
    {
        if (role == ModelRole.Small) stats.SmallForwards++;
        else stats.LargeForwards++;
    }

    private void UpdateDraft(in ScheduledSequence scheduled, ModelRole role, StepResult result)
    {
        RunningSequence row = scheduled.Running;
        if (role == ModelRole.Small) SetComputed(row, role, scheduled.Start + scheduled.Count);
        if (scheduled.SampleCount == 0) return;
        int sample = scheduled.FirstSample;
        if (row.IsMixture) row.AddDraft(Token(ModelRole.Small, result, sample));
        else row.AddDraft(result.Tokens[sample]);
        double breakEven = row.Sequence.Speculation.UsesAcceptanceHead ? Governor.BreakEven(row, _running.Count) : 0;
        var state = new DraftState(
            row.Drafts.Length, result.Entropies[sample], result.Logprobs[sample], result.Acceptances[sample], breakEven);
        if (row.Proposal?.ShouldContinue(state) == false) row.DraftLimit = row.Drafts.Length;
    }

    /// <summary>What verification gives after the drafts: a mixture's next token needs the small model's distribution too.</summary>
    private static int Bonus(RunningSequence row) => row.IsMixture && row.Sequence.Sampling.MaxTokens > 0 ? 0 : 1;

    private static GeneratedToken Token(ModelRole role, StepResult result, int sample) => new(
        result.Tokens[sample], role, result.Entropies[sample], result.Logprobs[sample], result.TopLogprobs[sample], IsStop: false, Drafted: false)
    {
        TopProbability = result.TopProbabilities[sample],
        Margin = result.Margins[sample],
        Acceptance = result.Acceptances[sample],
        VoidLayers = result.VoidLayers[sample],
    };

    private void UpdateRow(in ScheduledSequence scheduled, ModelRole role, StepResult result)
    {
        RunningSequence row = scheduled.Running;
        Sequence sequence = row.Sequence;
        int computed = scheduled.Start + scheduled.Count;
        FinishReason? reason = null;
        if (scheduled.SampleCount > 0 && row.IsMixture) computed = Mix(scheduled, result, out reason);
        else if (scheduled.SampleCount > 0 && !Withholds(row, role, result, scheduled.FirstSample))
            computed = Accept(scheduled, role, result, out reason);
        else if (computed >= sequence.PromptLength && sequence.Sampling.MaxTokens == 0) reason = FinishReason.Length;

        SetComputed(row, role, computed);
        if (reason is { } ended) End(row, ended);
    }

    /// <summary>
    /// Whether the large model gives the token that the small one has just drawn. Then nobody hears of the draw; its keys and values are
    /// those of the tokens before and stay.
    /// </summary>
    private static bool Withholds(RunningSequence row, ModelRole role, StepResult result, int sample)
    {
        if (role == ModelRole.Large || !row.Target.Withholds(ModelView.Of(Token(role, result, sample)))) return false;
        row.PlanNext();
        Debug.Assert(row.Next.Role == ModelRole.Large);
        return true;
    }

    private void SetComputed(RunningSequence row, ModelRole role, int computed)
    {
        row.SetComputed(role, computed);
        if (role == ModelRole.Large) CountProcessed(row, computed);
        Pool(role)!.Publish(row.Table(role), row.Sequence.Tokens, Shareable(row, role, Math.Min(computed, row.Sequence.Count)));
    }

    /// <summary>
    /// Tokens behind a whole prompt that come along a route are nobody else's: the identity of their blocks does not tell them from what
    /// other layers make of the same tokens.
    /// </summary>
    private static int Shareable(RunningSequence row, ModelRole role, int tokens)
    {
        int routed = row.Sequence.RouteStart;
        return role == ModelRole.Large && routed > 0 ? Math.Min(tokens, routed) : tokens;
    }

    /// <summary>Of the generated tokens, those that the large model ran over, and the one it gave last if it has not run over that yet.</summary>
    private static void CountProcessed(RunningSequence row, int computed)
    {
        row.SeenByLarge = Math.Max(row.SeenByLarge, computed);
        int seen = Math.Max(0, row.SeenByLarge - row.Sequence.PromptLength);
        row.Sequence.Stats.ProcessedByLarge = seen + (row.LastFromLarge >= row.SeenByLarge ? 1 : 0);
    }

    /// <summary>
    /// Appends the samples of a row: each draft that equals the sample at its position is accepted; the first that does not is replaced by
    /// it; after the last comes one more. The drafts take no part in the choice, so the output is what plain decoding gives.
    /// </summary>
    /// <returns>How many tokens have valid keys and values.</returns>
    private int Accept(in ScheduledSequence scheduled, ModelRole role, StepResult result, out FinishReason? reason)
    {
        RunningSequence row = scheduled.Running;
        Sequence sequence = row.Sequence;
        if (row.WantedSuccessors > 0 && role == ModelRole.Large) ObserveSuccessors(scheduled, result);
        int accepted = 0;
        bool wasDrafted, wasOffered;
        DraftBranch? branch = null;
        do
        {
            int sample = branch is null ? scheduled.FirstSample + accepted : branch.FirstSample + accepted - branch.Shared - 1;
            int token = result.Tokens[sample];
            wasDrafted = row.TryFollow(ref branch, accepted, token, out wasOffered);
            if (wasDrafted) accepted++;
            sequence.Append(token);
            reason = FinishReasonOf(sequence);
            Report(row, Token(role, result, sample) with
            {
                IsStop = reason == FinishReason.Stop,
                Drafted = wasDrafted,
                IsCorrection = wasOffered && !wasDrafted,
                Route = role == ModelRole.Large ? sequence.RouteAt(sequence.Count - 2) : null,
            });
        }
        while (wasDrafted && reason is null && row.Next.Role == role);

        if (!row.Drafts.IsEmpty) ObserveDraft(row, accepted, wasOffered && !wasDrafted);
        if (branch is not null) AdoptBranch(row, branch, sequence.Count - accepted - (wasDrafted ? 0 : 1));
        if (role == ModelRole.Large) TakeBackDrafts(row);
        return sequence.Count - 1;
    }

    private static void ObserveSuccessors(in ScheduledSequence scheduled, StepResult result)
    {
        RunningSequence row = scheduled.Running;
        ReadOnlySpan<int> drafts = row.Drafts;
        Observe(row.Sequence.Tokens[^1], scheduled.FirstSample);
        for (int i = 0; i < drafts.Length; i++) Observe(drafts[i], scheduled.FirstSample + 1 + i);
        foreach (DraftBranch branch in row.Branches)
            for (int i = branch.Shared; branch.IsScheduled && i < branch.Path.Length; i++) Observe(branch.Path[i], branch.FirstSample + i - branch.Shared);

        void Observe(int token, int sample) => row.Proposal!.ObserveSuccessors(token, result.Successors(sample)[..row.WantedSuccessors]);
    }

    /// <summary>The blocks of the branch that verification took become the sequence's.</summary>
    /// <param name="row">The sequence.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="before">Tokens that the sequence had before.</param>
    private void AdoptBranch(RunningSequence row, DraftBranch branch, int before)
    {
        BlockPool pool = Pool(ModelRole.Large)!;
        pool.Adopt(row.Table(ModelRole.Large), branch.Blocks, before / pool.BlockSize);
    }

    /// <summary>
    /// Appends the tokens of a mixture: at each drafted position the sample of the model that the rule names, up to the first that is not
    /// the draft, after which the drafts followed something else.
    /// </summary>
    /// <returns>How many tokens have valid keys and values.</returns>
    private int Mix(in ScheduledSequence scheduled, StepResult result, out FinishReason? reason)
    {
        RunningSequence row = scheduled.Running;
        Sequence sequence = row.Sequence;
        int drafted = scheduled.SampleCount, accepted = 0;
        bool stands;
        do
        {
            GeneratedToken small = row.DraftSamples[accepted], large = Token(ModelRole.Large, result, scheduled.FirstSample + accepted);
            GeneratedToken token = row.Mixture!.Defers(ModelView.Of(small), ModelView.Of(large)) ? large : small;
            stands = token.Id == small.Id;
            if (stands) accepted++;
            sequence.Append(token.Id);
            reason = FinishReasonOf(sequence);
            Report(row, token with { IsStop = reason == FinishReason.Stop, Drafted = stands, IsCorrection = !stands });
        }
        while (stands && reason is null && accepted < drafted);

        ObserveDraft(row, accepted, !stands);
        TakeBackDrafts(row);
        return sequence.Count - 1;
    }

    private static void Report(RunningSequence row, in GeneratedToken token)
    {
        Sequence sequence = row.Sequence;
        ModelRole before = row.LastFromLarge == sequence.Count - 2 ? ModelRole.Large : ModelRole.Small;
        if (sequence.GeneratedCount > 1 && before != token.Role) sequence.Stats.Switches++;
        if (token.Role == ModelRole.Small)
        {
            sequence.Stats.SmallTokens++;
        }
        else
        {
            sequence.Stats.LargeTokens++;
            row.LastFromLarge = sequence.Count - 1;
        }

        row.Target.Observe(token);
        row.PlanNext();
        row.Sequence.Output.Write(token);
    }

    private void ObserveDraft(RunningSequence row, int accepted, bool wasRefused)
    {
        int drafted = row.Drafts.Length, deepest = drafted;
        foreach (DraftBranch branch in row.Branches)
        {
            if (!branch.IsScheduled) continue;
            drafted += branch.Path.Length - branch.Shared;
            deepest = Math.Max(deepest, branch.Path.Length);
        }

        Governor.ObserveDraft(row, accepted + (wasRefused ? 1 : 0), accepted, (double)drafted / deepest);
        row.LastDraft = row.Sequence.Count;
        row.Sequence.Stats.CountAccepted(accepted);
        row.Sequence.Stats.Drafts++;
        row.Sequence.Stats.Drafted += drafted;
        row.Sequence.Stats.Accepted += accepted;
        row.Proposal?.Observe(new DraftOutcome(drafted, accepted));
    }

    /// <summary>What the small model computed of them is overwritten.</summary>
    private void TakeBackDrafts(RunningSequence row)
    {
        FreeBranches(row);
        row.SetComputed(ModelRole.Small, Math.Min(row.Computed(ModelRole.Small), row.Sequence.Count - 1));
        row.ClearDrafts();
    }

    private FinishReason? FinishReasonOf(Sequence sequence)
    {
        int token = sequence.Tokens[^1];
        SamplingParams sampling = sequence.Sampling;
        if (!sampling.IgnoreEos && _eosIds.AsSpan().Contains(token)) return FinishReason.Stop;
        for (int i = 0; i < sampling.StopTokenIds.Count; i++)
            if (sampling.StopTokenIds[i] == token) return FinishReason.Stop;
        bool isFull = sequence.GeneratedCount >= sampling.MaxTokens || sequence.Count >= _info.ContextLength;
        return isFull ? FinishReason.Length : null;
    }

    private QueueShare EndCancelled()
    {
        long rings = _cancelBell.Rings;
        if (rings == _cancelsSeen) return default;
        _cancelsSeen = rings;
        EndCancelled(_running);
        return EndCancelled(_waiting);
    }

    /// <returns>Those of them that had never run.</returns>
    private QueueShare EndCancelled(List<RunningSequence> rows)
    {
        int cancelled = 0;
        QueueShare fresh = default;
        foreach (RunningSequence row in rows)
        {
            if (!row.Sequence.IsCancelRequested) continue;
            cancelled++;
            if (row.Sequence.Status == SequenceStatus.Waiting) fresh = fresh.With(row.Sequence);
            End(row, FinishReason.Cancelled);
        }

        if (cancelled > 0) RemoveEnded(rows);
        return fresh;
    }

    /// <summary>Blocks that running sequences have not taken yet but need for the tokens they have.</summary>
    private int PromisedBlocks(ModelRole role)
    {
        if (Pool(role) is not { } pool) return 0;
        int blocks = 0;
        foreach (RunningSequence row in _running)
        {
            if (row.Next.Role == role)
                blocks += Math.Max(0, pool.BlocksFor(row.Sequence.Count + 1) - row.Table(role).Count);
        }

        return blocks;
    }

    private void End(RunningSequence row, FinishReason reason, string? error = null)
    {
        Release(row);
        row.Sequence.Finish(reason, error);
    }

    private static void RemoveEnded(List<RunningSequence> rows) => rows.RemoveAll(static row => row.Sequence.IsFinished);

    private void Release(RunningSequence row)
    {
        FreeBranches(row);
        row.ClearDrafts();
        for (ModelRole role = ModelRole.Small; role <= ModelRole.Large; role++) Drop(row, role);
    }

    /// <summary>Gives the blocks of one model back.</summary>
    private void Drop(RunningSequence row, ModelRole role)
    {
        Pool(role)?.Free(row.Table(role));
        row.SetComputed(role, 0);
        if (role == ModelRole.Large) row.Reading = null;
        row.Pending = 0;
    }

    private static void Insert(List<RunningSequence> rows, RunningSequence row)
    {
        int at = rows.Count;
        if (at > 0 && ByPriorityThenArrival.Compare(rows[^1], row) > 0) at = ~rows.BinarySearch(row, ByPriorityThenArrival);
        rows.Insert(at, row);
    }
}
