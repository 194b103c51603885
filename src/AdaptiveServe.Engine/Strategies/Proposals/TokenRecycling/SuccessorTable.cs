using AdaptiveServe.Engine.Scheduling;

namespace AdaptiveServe.Engine.Strategies.Proposals.TokenRecycling;

/// <summary>
/// Of each token, the most likely next ones when the model last ran over it, whatever stood before; and how often the model's choice stood at
/// each of their ranks.
/// </summary>
internal sealed class SuccessorTable
{
    public const int Ranks = StepResult.MaxSuccessors;

    private const double Memory = 0.995, Trust = 8;

    private static readonly double[] FirstGuess = [0.5, 0.15, 0.08, 0.05, 0.03, 0.02, 0.01, 0.01];

    private readonly Dictionary<int, int[]> _successors = [];
    private readonly double[] _hits = new double[Ranks];
    private double _looks;

    /// <summary>Best first; empty for a token that was not seen.</summary>
    public ReadOnlySpan<int> Of(int token) => _successors.GetValueOrDefault(token);

    /// <summary>Chance that the next token is the one at a rank.</summary>
    public double Chance(int rank) => (_hits[rank] + Trust * FirstGuess[rank]) / (_looks + Trust);

    public void Put(int token, ReadOnlySpan<int> successors)
    {
        if (_successors.TryGetValue(token, out int[]? known))
        {
            Look(known.AsSpan().IndexOf(successors[0]));
            successors.CopyTo(known);
        }
        else
        {
            _successors.Add(token, successors.ToArray());
        }
    }

    private void Look(int rank)
    {
        _looks = Memory * _looks + 1;
        for (int i = 0; i < Ranks; i++) _hits[i] = Memory * _hits[i] + (i == rank ? 1 : 0);
    }
}
