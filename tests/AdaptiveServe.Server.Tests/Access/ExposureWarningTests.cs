using AdaptiveServe.Server.Access;
using AdaptiveServe.Server.Tests.Harness;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Tests.Access;

public class ExposureWarningTests
{
    [Theory]
    [InlineData("http://0.0.0.0:8080", true)]
    [InlineData("http://[::]:8080", true)]
    [InlineData("http://*:8080", true)]
    [InlineData("http://+:80", true)]
    [InlineData("http://10.1.2.3:8080", true)]
    [InlineData("http://serve.example:8080", true)]
    [InlineData("https://localhost.example:8080", true)]
    [InlineData("http://127.0.0.1:8080", false)]
    [InlineData("http://127.1.2.3:8080", false)]
    [InlineData("http://[::1]:8080", false)]
    [InlineData("http://localhost:8080", false)]
    [InlineData("http://LocalHost", false)]
    [InlineData("http://unix:/run/adaptiveserve.sock", false)]
    public void Check_WithoutKey_WarnsWhereOthersReachIt(string address, bool isExposed)
    {
        Assert.Equal(isExposed ? [address] : [], Warnings([], "http://127.0.0.1:1", address).Select(Address));
        Assert.Empty(Warnings(["key"], address));

        static string Address(string warning) => warning.Split(' ').Single(word => word.Contains("://", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_OpenToOthers_WarnsOnceItListens()
    {
        using var logs = new LogCapture();
        await using TestServer server = await TestServer.StartAsync(
            services => { services.UseRunner(() => new ParrotModelRunner()); logs.Install(services); }, ("urls", "http://0.0.0.0:0"));
        LogEntry warning = Assert.Single(logs.Entries, entry => entry.Level >= LogLevel.Warning);
        Assert.Contains($"http://0.0.0.0:{server.Address.Port} ", warning.Text, StringComparison.Ordinal);
        Assert.Contains("--api-key", warning.Text, StringComparison.Ordinal);
    }

    private static List<string> Warnings(string[] keys, params string[] addresses)
    {
        using var logs = new LogCapture();
        using ILoggerFactory factory = LoggerFactory.Create(builder => builder.AddProvider(logs));
        new ExposureWarning(new ApiKeys(Options.Create(new AccessOptions { ApiKey = keys })), factory.CreateLogger<ExposureWarning>()).Check(addresses);
        return [.. logs.Entries.Select(entry => entry.Text)];
    }
}
