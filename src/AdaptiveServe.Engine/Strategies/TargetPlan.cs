using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies;

/// <summary>What a target policy wants next.</summary>
/// <param name="Role">The model whose distribution gives the next token.</param>
public readonly record struct TargetPlan(ModelRole Role);
