using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>Decides for one sequence which model gives the next token. Used by the engine thread only.</summary>
public interface ITargetPolicy
{
    /// <summary>Which model gives the next token. Cheap and without side effects: it may be asked and not used.</summary>
    TargetPlan Plan(Sequence sequence);

    /// <summary>Told about every token that the sequence gained.</summary>
    void Observe(in GeneratedToken token);
}
