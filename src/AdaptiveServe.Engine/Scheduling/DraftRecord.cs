namespace AdaptiveServe.Engine.Scheduling;

/// <summary>How often drafted tokens were accepted, by their place in the draft, the latest drafts counting most.</summary>
/// <param name="memory">What is left of a count after one more draft, 0 to 1.</param>
internal sealed class DraftRecord(double memory)
{
    /// <summary>Later places share the last one.</summary>
    public const int Places = 16;

    private readonly double[] _reached = new double[Places], _accepted = new double[Places];

    /// <summary>Tokens for each place of a draft, on average; null without observations.</summary>
    public double? Width { get; private set; }

    public void Observe(int drafted, int accepted, double width = 1)
    {
        Width = Width is { } before ? memory * before + (1 - memory) * width : width;
        for (int place = 0; place < Places; place++)
        {
            _reached[place] *= memory;
            _accepted[place] *= memory;
        }

        for (int i = 0; i < drafted && i <= accepted; i++) // what comes after a refused token says nothing
        {
            int place = Math.Min(i, Places - 1);
            _reached[place]++;
            if (i < accepted) _accepted[place]++;
        }
    }

    /// <summary>Chance that a token is accepted when all before it in its draft were.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="prior">What to assume without observations.</param>
    /// <param name="trust">As many observations as that assumption counts for.</param>
    public double Chance(int index, double prior, double trust)
    {
        int place = Math.Min(index, Places - 1);
        return (_accepted[place] + trust * prior) / (_reached[place] + trust);
    }
}
