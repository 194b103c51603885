using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>Monte-Carlo tree search for short correct paths, with the constants of Dr.LLM (Heakl et al. 2025, arXiv 2510.12773).</summary>
/// <param name="options">Constants.</param>
/// <param name="maxRepeats">Layers that may run twice.</param>
/// <param name="random">Of its choices.</param>
internal sealed class PathTree(PathTreeOptions options, int maxRepeats, Random random)
{
    /// <summary>Searches from a path.</summary>
    /// <param name="root">Where from.</param>
    /// <param name="tryAsync">Whether a path is correct.</param>
    public async Task SearchAsync(LayerRoute root, Func<LayerRoute, Task<bool>> tryAsync)
    {
        Node tree = new(root);
        for (int simulation = 0; simulation < options.Simulations; simulation++)
        {
            List<Node> line = [tree];
            while (Next(line[^1]) is { } next)
            {
                line.Add(next);
                if (next.Visits == 0) break;
            }

            double reward = await tryAsync(line[^1].Path) ? 1 : 0;
            foreach (Node node in line) node.Add(reward);
        }
    }

    /// <summary>A child that was never visited, if there is one; else by the score, or with a small chance any.</summary>
    private Node? Next(Node node)
    {
        node.Children ??= [.. PathMoves.Of(node.Path, maxRepeats).Select(path => new Node(path))];
        if (node.Children.Count == 0) return null;
        Node[] fresh = [.. node.Children.Where(child => child.Visits == 0)];
        if (fresh.Length > 0) return fresh[random.Next(fresh.Length)];
        if (random.NextDouble() < options.RandomMove) return node.Children[random.Next(node.Children.Count)];
        return node.Children.MaxBy(child => Score(child, node.Visits));
    }

    /// <summary>Q / v + c sqrt(ln V / v) - lambda |path| / L.</summary>
    private double Score(Node child, int parentVisits) =>
        child.Reward / child.Visits + options.Exploration * Math.Sqrt(Math.Log(parentVisits) / child.Visits)
        - options.LengthPenalty * child.Path.Layers.Count / child.Path.ModelLayers;

    private sealed class Node(LayerRoute path)
    {
        public LayerRoute Path { get; } = path;

        public int Visits { get; private set; }

        public double Reward { get; private set; }

        public List<Node>? Children { get; set; }

        public void Add(double reward)
        {
            Visits++;
            Reward += reward;
        }
    }
}

/// <summary>Constants of the search; the defaults are the paper's.</summary>
/// <param name="Simulations">Paths that are looked at.</param>
/// <param name="Exploration">c of the score.</param>
/// <param name="LengthPenalty">lambda of the score.</param>
/// <param name="RandomMove">Chance of any move in place of the best.</param>
internal sealed record PathTreeOptions(int Simulations = 50, double Exploration = 1.8, double LengthPenalty = 3.0, double RandomMove = 0.1);
