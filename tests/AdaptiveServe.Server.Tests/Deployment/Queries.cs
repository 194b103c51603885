using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>The queries of the dashboard, the guide and the autoscaler, with a window in the place of Grafana's variable.</summary>
internal static partial class Queries
{
    public const string Dashboard = "deploy/grafana/dashboards/adaptiveserve.json";

    public static IEnumerable<string> All => [.. OfDashboard, .. OfGuide, OfAutoscaler];

    public static IEnumerable<string> OfDashboard
    {
        get
        {
            using JsonDocument dashboard = JsonDocument.Parse(DeploymentFiles.Read(Dashboard));
            return
            [
                .. from panel in dashboard.RootElement.GetProperty("panels").EnumerateArray()
                   where panel.GetProperty("type").GetString() != "row"
                   from target in panel.GetProperty("targets").EnumerateArray()
                   select Complete(target.GetProperty("expr").GetString()!),
            ];
        }
    }

    private static IEnumerable<string> OfGuide =>
        from block in Block().Matches(DeploymentFiles.Read("docs/observability.md"))
        from line in block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        where !line.StartsWith('#')
        select line;

    private static string OfAutoscaler => DeploymentFiles.Manifest("ScaledObject").Text("spec/triggers/0/metadata/query")!;

    private static string Complete(string query) => query
        .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
        .Replace("$job", "adaptiveserve", StringComparison.Ordinal)
        .Replace("$instance", ".*", StringComparison.Ordinal);

    [GeneratedRegex("```promql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
