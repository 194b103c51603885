namespace AdaptiveServe.Engine.Sequences;

/// <summary>What a sequence cost so far. Written by the engine thread; complete once the sequence's stream has ended.</summary>
public sealed class SequenceStats
{
    private int[] _acceptedByPlace = [];

    /// <summary>Generated tokens drawn from the small model.</summary>
    public int SmallTokens { get; internal set; }

    /// <summary>Generated tokens drawn from the large model.</summary>
    public int LargeTokens { get; internal set; }

    /// <summary>
    /// Generated tokens that the large model generated, or ran over later to catch up. Prompt and rejected drafts are not in it.
    /// </summary>
    public int ProcessedByLarge { get; internal set; }

    /// <summary>Times that a generated token came from another model than the one before.</summary>
    public int Switches { get; internal set; }

    /// <summary>Forward passes of the small model that the sequence took part in.</summary>
    public int SmallForwards { get; internal set; }

    /// <summary>Forward passes of the large model that the sequence took part in.</summary>
    public int LargeForwards { get; internal set; }

    /// <summary>Prompt tokens whose keys and values came from the prefix cache when the sequence was first scheduled.</summary>
    public int CachedPromptTokens { get; internal set; }

    /// <summary>Times the sequence gave its memory back and was recomputed.</summary>
    public int Preemptions { get; internal set; }

    /// <summary>Drafts that were verified.</summary>
    public int Drafts { get; internal set; }

    /// <summary>Tokens proposed by a drafter.</summary>
    public int Drafted { get; internal set; }

    /// <summary>Proposed tokens that verification accepted.</summary>
    public int Accepted { get; internal set; }

    /// <summary>Accepted tokens by their place in the draft: entry 0 counts first tokens.</summary>
    public ReadOnlySpan<int> AcceptedByPlace => _acceptedByPlace;

    internal void CountAccepted(int accepted)
    {
        if (_acceptedByPlace.Length < accepted) Array.Resize(ref _acceptedByPlace, Math.Max(accepted, 8));
        for (int place = 0; place < accepted; place++) _acceptedByPlace[place]++;
    }
}
