using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Scheduling;

/// <summary>The route that a router made of a prompt.</summary>
/// <param name="Running">Whose.</param>
/// <param name="Route">The layers from now on; with each layer once, the prompt stays as all layers computed it.</param>
/// <param name="Scores">What the router went by (<see cref="Sequence.RouteScores"/>).</param>
public readonly record struct RouteDecision(RunningSequence Running, LayerRoute Route, IReadOnlyList<float> Scores);
