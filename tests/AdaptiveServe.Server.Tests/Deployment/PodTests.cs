using System.Globalization;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Server.Tests.Harness;
using YamlDotNet.RepresentationModel;

namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>Probes, ports, names and times in the manifests, against the server and each other.</summary>
public class PodTests(ParrotServer parrot)
{
    private const string Pod = "spec/template/spec/";
    private const string Container = Pod + "containers/0/";

    private static readonly YamlNode Deployment = DeploymentFiles.Manifest("Deployment");
    private static readonly YamlNode Service = DeploymentFiles.Manifest("Service");
    private static readonly YamlNode Monitor = DeploymentFiles.Manifest("ServiceMonitor");
    private static readonly YamlNode Composition = DeploymentFiles.ReadYaml("docker/compose.yaml")[0];

    [Theory, InlineData("startupProbe"), InlineData("readinessProbe"), InlineData("livenessProbe")]
    public async Task Probe_ReadyServer_Succeeds(string probe)
    {
        Assert.Equal(Deployment.Text(Container + "ports/0/name"), Deployment.Text($"{Container}{probe}/httpGet/port"));
        (await parrot.Server.GetAsync(Deployment.Text($"{Container}{probe}/httpGet/path")!)).Expect(200);
    }

    [Theory, InlineData("startupProbe", 503), InlineData("readinessProbe", 503), InlineData("livenessProbe", 200)]
    public async Task Probe_LoadingServer_SaysSo(string probe, int status)
    {
        using var loaded = new ManualResetEventSlim();
        await using TestServer server = await TestServer.StartLoadingAsync(services => services.UseRunner(() =>
        {
            loaded.Wait(Poll.Limit);
            return new ParrotModelRunner();
        }));
        (await server.GetAsync(Deployment.Text($"{Container}{probe}/httpGet/path")!)).Expect(status);
        loaded.Set();
        await server.WaitUntilLoadedAsync();
    }

    [Fact]
    public void Port_OfImagesPodsAndServices_IsOne()
    {
        Assert.Equal("8080", Deployment.Text(Container + "ports/0/containerPort"));
        Assert.Equal(Deployment.Text(Container + "ports/0/name"), Service.Text("spec/ports/0/targetPort"));
        Assert.Equal(Service.Text("spec/ports/0/name"), Monitor.Text("spec/endpoints/0/port"));
        Assert.Equal(["127.0.0.1:8080:8080"], Composition.Texts("services/server/ports"));
        YamlNode prometheus = DeploymentFiles.ReadYaml("deploy/prometheus/prometheus.yml")[0];
        Assert.Equal(["server:8080"], prometheus.Texts("scrape_configs/0/static_configs/0/targets"));
    }

    [Fact]
    public async Task Metrics_PathOfTheMonitor_IsServed()
    {
        using HttpResponseMessage response = await parrot.Server.Client.GetAsync(
            Monitor.Text("spec/endpoints/0/path"), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void Termination_LongestShutdown_IsWaitedFor()
    {
        string[] args = [.. Deployment.Texts(Container + "args")];
        int grace = Number(args[Array.IndexOf(args, "--shutdown-grace") + 1]);
        int preStop = Number(Deployment.Text(Container + "lifecycle/preStop/exec/command/1")!);
        Assert.True(Number(Deployment.Text(Pod + "terminationGracePeriodSeconds")!) > preStop + grace + 10);

        int composition = Number(Composition.Text("services/server/stop_grace_period")!.TrimEnd('s'));
        Assert.True(composition > new ServerOptions().ShutdownGrace + 10);
    }

    [Fact]
    public void Selectors_OfEveryObject_FindThePods()
    {
        string name = Label(Deployment, "spec/template/metadata/labels");
        Assert.Equal(name, Label(Deployment, "spec/selector/matchLabels"));
        Assert.Equal(name, Label(Service, "spec/selector"));
        Assert.Equal(name, Label(DeploymentFiles.Manifest("PodDisruptionBudget"), "spec/selector/matchLabels"));
        Assert.Equal(Label(Service, "metadata/labels"), Label(Monitor, "spec/selector/matchLabels"));
        Assert.Equal(Deployment.Text("metadata/name"), DeploymentFiles.Manifest("ScaledObject").Text("spec/scaleTargetRef/name"));
        foreach (YamlNode claim in DeploymentFiles.Manifests().SelectMany(manifest => manifest.Everywhere("claimName")))
            Assert.Equal(DeploymentFiles.Manifest("PersistentVolumeClaim").Text("metadata/name"), ((YamlScalarNode)claim).Value);

        static string Label(YamlNode node, string path) => node.Find(path)![new YamlScalarNode("app.kubernetes.io/name")].ToString();
    }

    [Fact]
    public void Secret_OfPodAndMonitor_IsOne()
    {
        YamlNode key = Assert.Single(Deployment.Everywhere("secretKeyRef"));
        Assert.Equal(key, Assert.Single(Monitor.Everywhere("credentials")));
        string creation = $"create secret generic {key.Text("name")} --from-literal={key.Text("key")}=";
        Assert.Contains(creation, DeploymentFiles.Read("docs/deployment.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Container_IsConfined()
    {
        YamlNode server = Deployment.Find(Container + "securityContext")!;
        YamlNode loader = DeploymentFiles.Manifest("Pod").Find("spec/containers/0/securityContext")!;
        foreach (YamlNode container in (YamlNode[])[server, loader])
        {
            Assert.Equal(("true", "false"), (container.Text("readOnlyRootFilesystem"), container.Text("allowPrivilegeEscalation")));
            Assert.Equal(["ALL"], container.Texts("capabilities/drop"));
        }

        Assert.Equal("true", Deployment.Text(Pod + "securityContext/runAsNonRoot"));
        Assert.Equal("false", Deployment.Text(Pod + "enableServiceLinks"));
        YamlNode memory = Deployment.Items(Pod + "volumes").Single(volume => volume.Text("name") == "shm");
        Assert.Equal("Memory", memory.Text("emptyDir/medium"));
    }

    [Fact]
    public void Kustomizations_EveryFile_Exists()
    {
        List<string> kustomizations = [.. DeploymentFiles.WithSuffix("kustomization.yaml")];
        Assert.Equal(4, kustomizations.Count);
        foreach (string path in kustomizations)
        {
            YamlNode kustomization = DeploymentFiles.ReadYaml(path)[0];
            IEnumerable<string> patches = kustomization.Items("patches").Select(patch => patch.Text("path")!);
            IEnumerable<string> files = [.. kustomization.Texts("resources"), .. patches];
            string folder = Path.GetDirectoryName(DeploymentFiles.FullPath(path))!;
            Assert.All(files, file => Assert.True(Path.Exists(Path.Combine(folder, file)), $"{path}: {file}"));
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
