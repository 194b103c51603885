using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

namespace AdaptiveServe.Torch.Routing;

/// <summary>Chooses the layers of a sequence by what the large model makes of its prompt.</summary>
internal interface IPromptRouter
{
    /// <summary>The name that requests use (<see cref="PromptRouters"/>).</summary>
    string Name { get; }

    /// <summary>Begins to read a prompt.</summary>
    /// <param name="length">Tokens of the prompt.</param>
    IPromptReading Begin(int length);
}
