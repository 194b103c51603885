using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>
/// Says whether drafting pays now, and how long a draft may become: the length that gives most tokens per second by the costs of
/// forwards of the size that the batch would have and by how often drafts were accepted (goodput, Liu et al. 2024, arXiv 2406.14066).
/// </summary>
/// <remarks>
/// It bounds; rules that see the draft end it earlier. Lengths change speed only, never what is sampled. Acceptance is counted for each
/// sequence and, for those that have seen little, over all.
/// </remarks>
internal sealed class DraftGovernor
{
    private const double FirstGuess = 0.8, Trust = 4, TrustInAll = 2;
    private const double Margin = 1.02; // a gain below what measurements waver by is none

    private const int Ahead = 4; // neighbouring sizes differ by less than measurements waver

    private readonly CostTable[] _costs = [new(), new()];
    private readonly DraftRecord[] _all = [.. Enum.GetValues<Drafter>().Select(_ => new DraftRecord(0.995))];

    /// <summary>Tokens between two drafts of a sequence that does not draft otherwise: what it would bring is seen again, at little cost.</summary>
    public const int ProbeInterval = 48;

    private const int TreeProbe = 4; // with one token a tree would show what a chain does

    public void ObserveForward(ModelRole role, int tokens, double seconds) => _costs[(int)role].Observe(tokens, seconds);

    /// <param name="row">Whose draft.</param>
    /// <param name="drafted">At how many places verification found a draft: those accepted, and the one refused.</param>
    /// <param name="accepted">How many it accepted.</param>
    /// <param name="width">Tokens for each place, drafted beside each other.</param>
    public void ObserveDraft(RunningSequence row, int drafted, int accepted, double width = 1)
    {
        row.DraftRecord.Observe(drafted, accepted, width);
        All(row.DraftPlan.Drafter).Observe(drafted, accepted, width);
    }

    /// <summary>How many tokens a draft may have; 0 where the plain path is faster.</summary>
    /// <param name="row">Whose draft.</param>
    /// <param name="drafter">Who would draft.</param>
    /// <param name="most">What its policy and its room allow.</param>
    /// <param name="rows">Sequences that run.</param>
    public int Limit(RunningSequence row, Drafter drafter, int most, int rows)
    {
        if (most <= 0 || !_costs[(int)ModelRole.Large].IsKnown || !row.Sequence.Speculation.Governed) return most;
        if (drafter == Drafter.Small && !_costs[(int)ModelRole.Small].IsKnown) return most;
        int best = 0;
        double bestRate = Margin / Seconds(row, drafter, 0, rows), chance = 1, tokens = 1, width = Width(row, drafter);
        for (int place = 1, length; (length = (int)Math.Ceiling(place * width)) <= most; place++)
        {
            chance *= Chance(row, drafter, place - 1);
            tokens += chance;
            double rate = tokens / Seconds(row, drafter, length, rows);
            if (rate > bestRate) (best, bestRate) = (length, rate);
        }

        if (best > 0 || row.Sequence.Count - row.LastDraft < ProbeInterval) return best;
        return drafter == Drafter.Tree ? Math.Min(most, TreeProbe) : 1;
    }

    /// <summary>
    /// The chance below which one more token of a draft costs more than it brings: its share of both forwards, in tokens that the same time
    /// gives otherwise.
    /// </summary>
    public double BreakEven(RunningSequence row, int rows)
    {
        Drafter drafter = row.DraftPlan.Drafter;
        double plain = Seconds(row, drafter, 0, rows);
        if (plain <= 0) return 0;
        int length = row.Drafts.Length;
        double chance = 1, tokens = 1;
        for (int i = 0; i < length; i++) tokens += chance *= Chance(row, drafter, i);
        double now = Seconds(row, drafter, length, rows), more = (Seconds(row, drafter, length + Ahead, rows) - now) / Ahead;
        return Math.Clamp(more * Math.Max(tokens / now, 1 / plain), 0, 1);
    }

    /// <summary>Tokens of a draft for each of its places: 1 but for trees.</summary>
    private double Width(RunningSequence row, Drafter drafter) =>
        drafter == Drafter.Tree ? row.DraftRecord.Width ?? All(drafter).Width ?? 1 : 1;

    private double Chance(RunningSequence row, Drafter drafter, int index) =>
        row.DraftRecord.Chance(index, All(drafter).Chance(index, FirstGuess, TrustInAll), Trust);

    private DraftRecord All(Drafter drafter) => _all[(int)drafter];

    /// <summary>Of a step in which every sequence drafts that much.</summary>
    private double Seconds(RunningSequence row, Drafter drafter, int length, int rows)
    {
        CostTable large = _costs[(int)ModelRole.Large];
        double token = drafter switch
        {
            Drafter.Small => _costs[(int)ModelRole.Small].Seconds(rows),
            Drafter.Self => row.Sequence.Speculation.Budget * large.Seconds(rows),
            _ => 0,
        };
        return large.Seconds((double)rows * (1 + length)) + length * token;
    }
}
