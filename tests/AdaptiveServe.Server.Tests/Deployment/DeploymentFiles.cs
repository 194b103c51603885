using System.Runtime.CompilerServices;
using YamlDotNet.RepresentationModel;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>The files that run the server elsewhere, as they lie in the repository.</summary>
internal static class DeploymentFiles
{
    public static string Root { get; } = FindRoot();

    /// <summary>Paths from the root, of the given file types.</summary>
    public static IEnumerable<string> WithSuffix(params string[] suffixes) =>
        from folder in (string[])["docker", "deploy"]
        from path in Directory.EnumerateFiles(FullPath(folder), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        where suffixes.Any(suffix => path.EndsWith(suffix, StringComparison.Ordinal))
        select Path.GetRelativePath(Root, path);

    /// <summary>Those that say how the server is configured, the guide among them.</summary>
    public static IEnumerable<string> ThatConfigure =>
        WithSuffix(".yaml", ".yml", ".sh", "Dockerfile", "Dockerfile.cuda").Append("docs/deployment.md");

    public static string FullPath(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(FullPath(path));

    /// <summary>The documents of a YAML file; keys that occur twice and other mistakes are exceptions.</summary>
    public static List<YamlNode> ReadYaml(string path)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Read(path)));
        return [.. yaml.Documents.Select(document => document.RootNode)];
    }

    /// <summary>Every Kubernetes object.</summary>
    public static IEnumerable<YamlNode> Manifests() =>
        WithSuffix(".yaml").Where(path => path.StartsWith("deploy/k8s", StringComparison.Ordinal)).SelectMany(ReadYaml);

    /// <summary>The first object of a kind.</summary>
    public static YamlNode Manifest(string kind) => Manifests().First(manifest => manifest.Text("kind") == kind);

    private static string FindRoot([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "../../.."));
}
