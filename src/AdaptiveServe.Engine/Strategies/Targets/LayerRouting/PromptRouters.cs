using System.Collections.Frozen;
using AdaptiveServe.Engine.Execution;

namespace AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

/// <summary>
/// The routers that go by what the large model makes of a prompt: they work beside the tensors, and give the route when the prompt was computed
/// (<see cref="Scheduling.StepResult.Routes"/>).
/// </summary>
public static class PromptRouters
{
    /// <summary>Small networks of three classes, leave out, run or run twice (Heakl et al. 2025, Dr.LLM).</summary>
    public const string Learned = "learned";

    /// <summary>A gate for each layer (Jain et al. 2024, FiRST).</summary>
    public const string First = "first";

    /// <summary>Layers that add little to the norm of the states (Shemiranifar 2025, Void in Language Models).</summary>
    public const string Lac = "lac";

    private static readonly FrozenDictionary<string, string> Needs = new Dictionary<string, string>
    {
        [Learned] = "needs routers of this model, and there is no adaptive/layer-routers.safetensors beside it: "
            + "'adaptiveserve-lab train layer-routers --method drllm' makes them",
        [First] = "needs gates of this model, and there is no adaptive/layer-gates.safetensors beside it: "
            + "'adaptiveserve-lab train layer-routers --method first' makes them",
        [Lac] = "is not there with this model",
    }.ToFrozenDictionary();

    public static IReadOnlyCollection<string> Names => Needs.Keys;

    /// <summary>What a router lacks with these models, as the end of a sentence that begins with its name; null when it is there.</summary>
    public static string? WhatIsMissing(string router, ModelInfo info) =>
        Needs.TryGetValue(router, out string? needs) && !info.PromptRouters.Contains(router) ? needs : null;
}
