using System.Globalization;
using System.Text.RegularExpressions;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>What can be known of the images without building them.</summary>
public partial class ImageTests(ParrotServer parrot)
{
    private const string Bash = "/bin/bash";

    private static readonly string[] Dockerfiles = ["docker/Dockerfile", "docker/Dockerfile.cuda"];

    [Fact]
    public void Copy_EverySource_ExistsAndIsNotIgnored()
    {
        foreach (string path in Dockerfiles)
        {
            IEnumerable<Match> copies = CopyFromContext().Matches(DeploymentFiles.Read(path));
            string[] sources = [.. copies.SelectMany(match => match.Groups[1].Value.Split(' '))];
            Assert.Contains("src", sources);
            string[] kept = [.. Lines(path + ".dockerignore").Where(line => line.StartsWith('!')).Select(line => line[1..])];
            Assert.Equal(kept.Order(StringComparer.Ordinal), sources.Order(StringComparer.Ordinal));
            Assert.All(sources, source => Assert.True(Path.Exists(DeploymentFiles.FullPath(source)), source));
        }
    }

    [Fact]
    public void Copy_ContextOfTheBuild_HoldsAllThatProjectsImport()
    {
        IEnumerable<string> central = Directory.EnumerateFiles(DeploymentFiles.Root, "Directory.*");
        string[] imported = [.. central.Select(Path.GetFileName)!, "global.json", ".editorconfig"];
        foreach (string path in Dockerfiles)
            Assert.All(imported, name => Assert.Contains(name, DeploymentFiles.Read(path), StringComparison.Ordinal));
    }

    [Fact]
    public void Cuda_Image_DiffersInTheBackendOnly()
    {
        string[] cpu = Lines("docker/Dockerfile"), cuda = Lines("docker/Dockerfile.cuda");
        Assert.All(cpu.Except(cuda), line => Assert.Matches("^# The server|dotnet publish|DOTNET_EnableDiagnostics", line));
        Assert.All(cuda.Except(cpu), line => Assert.Matches("cuda|CUDA|NVIDIA|TorchBackend|DOTNET_EnableDiagnostics", line));
        Assert.Contains("ARG TorchBackend=cuda", cuda);
    }

    [Fact]
    public async Task Health_RunningServer_Succeeds() => Assert.Equal(0, await CheckHealthAsync(parrot.Server.Address.Port));

    [Fact]
    public async Task Health_NoServer_Fails()
    {
        TestServer server = await TestServer.StartAsync(new ParrotModelRunner());
        await server.DisposeAsync();
        Assert.Equal(1, await CheckHealthAsync(server.Address.Port));
    }

    private static string[] Lines(string path) => DeploymentFiles.Read(path).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<int> CheckHealthAsync(int port)
    {
        Assert.SkipUnless(File.Exists(Bash), "there is no bash");
        string script = DeploymentFiles.FullPath("docker/health.sh");
        return (await Tool.RunAsync(Bash, [script, port.ToString(CultureInfo.InvariantCulture)])).Code;
    }

    [GeneratedRegex(@"^COPY (?:--chmod=\d+ )?([^-].*) \S+$", RegexOptions.Multiline)]
    private static partial Regex CopyFromContext();
}
