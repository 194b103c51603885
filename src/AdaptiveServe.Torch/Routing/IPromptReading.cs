using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

namespace AdaptiveServe.Torch.Routing;

/// <summary>What a router has seen of one prompt. All layers run over it; it may come in chunks.</summary>
internal interface IPromptReading
{
    /// <summary>Takes in states of some tokens. Of each chunk all depths are seen, in order, before the next chunk.</summary>
    /// <param name="depth">Layers that the states have been through; 0 for the embedding.</param>
    /// <param name="position">Of the first of the tokens in the prompt.</param>
    /// <param name="states">[tokens, hidden size].</param>
    void Observe(int depth, int position, ReadOnlySpan<float> states);

    /// <summary>Decides, when all of the prompt was seen.</summary>
    /// <param name="options">With the budget.</param>
    /// <param name="maxRepeats">Layers that may run twice.</param>
    RouteChoice Decide(RoutingOptions options, int maxRepeats);
}
