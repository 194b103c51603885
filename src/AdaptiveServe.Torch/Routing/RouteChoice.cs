using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Torch.Routing;

/// <summary>What a router made of a prompt.</summary>
/// <param name="Route">The layers.</param>
/// <param name="Scores">For each layer: the higher, the sooner it is left out.</param>
internal readonly record struct RouteChoice(LayerRoute Route, float[] Scores);
