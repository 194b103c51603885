namespace AdaptiveServe.Lab.Speculation;

/// <summary>
/// An answer of the large model with all that a drafter would do at any place of it: enough to replay any stop rule without a model.
/// </summary>
/// <remarks>
/// While drafts agree with the answer, the drafter's prefix is the answer's. Where they part at some place, its further tokens depend on
/// that place only, not on where the draft began: one continuation for each such place serves all replays.
/// </remarks>
/// <param name="Task">The name under which it is counted.</param>
/// <param name="Matches">Whether the drafter says the answer's token, for each place of the answer.</param>
/// <param name="OnPath">What a rule sees of the token drafted at each place.</param>
/// <param name="Beyond">For each place without a match: what it sees of the tokens that the drafter would go on with.</param>
internal sealed record DraftTrace(string Task, bool[] Matches, TracedToken[] OnPath, TracedToken[][] Beyond)
{
    public int Count => Matches.Length;

    /// <summary>What a rule sees of a drafted token.</summary>
    /// <param name="start">Place where the draft begins.</param>
    /// <param name="index">Of the token in the draft, from 0.</param>
    /// <param name="parted">Place where the draft left the answer, or -1.</param>
    public TracedToken Token(int start, int index, int parted)
    {
        int place = start + index;
        return parted < 0 ? OnPath[place] : Beyond[parted][Math.Min(place - parted - 1, Beyond[parted].Length - 1)];
    }
}

/// <param name="Entropy">Of the drafter's distribution, in bits.</param>
/// <param name="Logprob">Natural log-probability of the token.</param>
/// <param name="Acceptance">What the acceptance head says; 1 without one.</param>
internal readonly record struct TracedToken(float Entropy, float Logprob, float Acceptance);
