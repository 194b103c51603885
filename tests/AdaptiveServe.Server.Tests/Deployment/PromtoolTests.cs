namespace AdaptiveServe.Server.Tests.Deployment;

/// <summary>What Prometheus's own checker says.</summary>
public class PromtoolTests
{
    private const string Program = "promtool";

    [Fact]
    public Task Rules_AreAccepted() => ExpectAsync(["check", "rules", DeploymentFiles.FullPath("deploy/prometheus/rules.yml")]);

    [Fact]
    public Task Rules_InSituations_GiveTheirAlerts() =>
        ExpectAsync(["test", "rules", DeploymentFiles.FullPath("tests/AdaptiveServe.Server.Tests/Deployment/situations.yml")]);

    internal static async Task ExpectAsync(string[] args, string input = "")
    {
        Assert.SkipUnless(Tool.Exists(Program), "promtool is not installed");
        (int code, string output) = await Tool.RunAsync(Program, args, input);
        Assert.True(code == 0, output);
    }
}
