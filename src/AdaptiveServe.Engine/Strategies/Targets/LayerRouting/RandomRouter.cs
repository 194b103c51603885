using AdaptiveServe.Engine.Cache;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Strategies.Targets.LayerRouting;

/// <summary>Leaves out any layers, chosen by the sequence's seed: what a router must be better than.</summary>
internal sealed class RandomRouter : ILayerRouter
{
    public string Name => "random";

    public LayerRoute Choose(Sequence sequence, ModelInfo info)
    {
        int count = sequence.Routing.LayersOf(info.LargeLayers);
        ulong key = PrefixCache.Mix(sequence.Sampling.Seed);
        IEnumerable<int> shuffled = Enumerable.Range(0, info.LargeLayers).OrderBy(layer => PrefixCache.Mix(key ^ (ulong)layer));
        return new LayerRoute([.. shuffled.Take(count).Order()], info.LargeLayers, maxRepeats: 0);
    }
}
