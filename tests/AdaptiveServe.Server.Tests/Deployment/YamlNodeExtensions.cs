using YamlDotNet.RepresentationModel;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>Short ways into a YAML document.</summary>
internal static class YamlNodeExtensions
{
    /// <summary>The node at a path of keys and indices such as <c>spec/ports/0/name</c>; null where there is none.</summary>
    public static YamlNode? Find(this YamlNode node, string path)
    {
        YamlNode? at = node;
        foreach (string step in path.Split('/'))
        {
            at = at switch
            {
                YamlMappingNode mapping => mapping.Children.TryGetValue(new YamlScalarNode(step), out YamlNode? value) ? value : null,
                YamlSequenceNode sequence => sequence.Children[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)],
                _ => null,
            };
        }

        return at;
    }

    public static string? Text(this YamlNode node, string path) => (node.Find(path) as YamlScalarNode)?.Value;

    /// <summary>The items of the list at a path; none where there is no list.</summary>
    public static IEnumerable<YamlNode> Items(this YamlNode node, string path) => node.Find(path) as YamlSequenceNode ?? [];

    public static IEnumerable<string> Texts(this YamlNode node, string path) =>
        node.Items(path).Select(item => ((YamlScalarNode)item).Value!);

    /// <summary>Every value under a key of this name, at any depth.</summary>
    public static IEnumerable<YamlNode> Everywhere(this YamlNode node, string key) => node.AllNodes.OfType<YamlMappingNode>()
        .SelectMany(mapping => mapping.Children)
        .Where(pair => pair.Key is YamlScalarNode scalar && scalar.Value == key)
        .Select(pair => pair.Value);
}
