using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>Finds the shortest correct paths of a prompt.</summary>
/// <remarks>
/// First paths that leave layers out in the order of the model's ranking, where it has one; then all of one edit and of two, unless shorter
/// ones are correct already; then a tree search from the shortest correct one. Where the whole model is right only skips are tried, as a second
/// pass makes no path shorter. Where it is wrong, the search ends with the first round that finds a correct path (the paper's ends so too).
/// </remarks>
internal sealed class PathSearch(RouteTrial trial, IReadOnlyList<int> ranking, PathTreeOptions options, Random random)
{
    private const int MostEdits = 2;

    private readonly LayerRoute _whole = LayerRoute.Plain(trial.Layers);
    private readonly int _maxRepeats = trial.IsWholeRight ? 0 : trial.MaxRepeats;

    /// <summary>Leaves layers out in the order of the ranking, one more each time, up to the first path that is wrong.</summary>
    /// <remarks>
    /// The shortest correct path is short by luck for many prompts; how far one may go before anything goes wrong says more of how hard a prompt is. Nothing
    /// is learned from prompts that the whole model gets wrong.
    /// </remarks>
    public async Task<PathLabel> RunSureAsync(string hash, string task)
    {
        int without = 0;
        while (trial.IsWholeRight && without + 1 < ranking.Count && await trial.TryAsync(WithoutFirst(without + 1))) without++;
        IReadOnlyList<IReadOnlyList<int>> paths = trial.IsWholeRight ? [WithoutFirst(without).Layers] : [];
        return new PathLabel(hash, task, trial.IsWholeRight, trial.Count, paths);
    }

    /// <summary>Searches the shortest correct paths.</summary>
    public async Task<PathLabel> RunAsync(string hash, string task)
    {
        await TryRankingAsync();
        if (!IsDone && !trial.Correct().Any(path => path.Skipped >= MostEdits)) await TryEditsAsync();
        if (!IsDone) await new PathTree(options, _maxRepeats, random).SearchAsync(trial.Correct() is [var shortestYet, ..] ? shortestYet : _whole, trial.TryAsync);
        IReadOnlyList<LayerRoute> correct = trial.Correct();
        IEnumerable<LayerRoute> shortest = correct.TakeWhile(path => path.Layers.Count == correct[0].Layers.Count);
        if (trial.IsWholeRight && correct.Count == 0) shortest = [_whole];
        return new PathLabel(hash, task, trial.IsWholeRight, trial.Count, [.. shortest.Select(path => path.Layers)]);
    }

    /// <summary>Finds by halving how many layers of the ranking may go.</summary>
    private async Task TryRankingAsync()
    {
        int right = 0, wrong = ranking.Count;
        while (wrong - right > 1)
        {
            int middle = (right + wrong) / 2;
            if (await trial.TryAsync(WithoutFirst(middle))) right = middle;
            else wrong = middle;
        }
    }

    private async Task TryEditsAsync()
    {
        IReadOnlyList<LayerRoute> one = PathMoves.Edits(_whole, _maxRepeats);
        await TryAllAsync(one);
        if (!IsDone) await TryAllAsync([.. one.SelectMany(path => PathMoves.Edits(path, _maxRepeats)).Distinct().Where(path => !path.IsPlain)]);
    }

    private bool IsDone => !trial.IsWholeRight && trial.Correct().Count > 0;

    private LayerRoute WithoutFirst(int count)
    {
        HashSet<int> without = [.. ranking.Take(count)];
        return _whole.Without(without.Contains);
    }

    private Task<bool[]> TryAllAsync(IReadOnlyList<LayerRoute> paths) => Task.WhenAll(paths.Select(trial.TryAsync));
}
