using System.Collections.Frozen;

namespace AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

/// <summary>Finds the routers that choose before a sequence runs, by the names that requests use: a new one is a class beside theirs and a word here.</summary>
internal static class LayerRouters
{
    private static readonly FrozenDictionary<string, ILayerRouter> All =
        new ILayerRouter[] { new StaticRouter(), new RandomRouter() }.ToFrozenDictionary(router => router.Name);

    public static IReadOnlyCollection<string> Names => All.Keys;

    public static ILayerRouter Get(string name) => All[name];
}
