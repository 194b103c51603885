using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Cache;

/// <summary>
/// Gives each layer route an identity before its first block (see <see cref="PrefixCache.Root"/>), so that no block is shared between routes.
/// </summary>
/// <remarks>
/// Identities are never used again. A client can name any number of routes, so their table is emptied when it is full: what was cached
/// along them is then not found any more, and goes as the oldest do.
/// </remarks>
internal sealed class RouteRoots
{
    private const int MaxRoutes = 1024;

    private readonly Dictionary<LayerRoute, long> _roots = [];
    private long _last = PrefixCache.Root;

    /// <param name="route">Null for all layers.</param>
    public long Of(LayerRoute? route)
    {
        if (route is null) return PrefixCache.Root;
        if (_roots.TryGetValue(route, out long known)) return known;
        if (_roots.Count == MaxRoutes) _roots.Clear();
        _roots.Add(route, --_last);
        return _last;
    }
}
