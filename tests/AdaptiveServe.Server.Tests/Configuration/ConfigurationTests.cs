using AdaptiveServe.Engine;
using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Torch;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Tests.Configuration;

/// <summary>Where settings come from. Variables are of this whole process, so only ones are set that disturb nobody.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private const string Variable = "ADAPTIVESERVE_MAX_SMALL_FORWARDS";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adaptiveserve-");

    [Fact]
    public void Precedence_FileVariableFlag_EachOverridesTheOneBefore()
    {
        Assert.Equal(16, Read().MaxSmallForwards);
        WriteFile("""{"AdaptiveServe": {"MaxSmallForwards": 3, "maxSequences": 7}}""");
        Assert.Equal((3, 7), (Read().MaxSmallForwards, Read().MaxSequences)); // keys in any case
        try
        {
            Environment.SetEnvironmentVariable(Variable, "");
            Assert.Equal(3, Read().MaxSmallForwards); // an empty variable is none
            Environment.SetEnvironmentVariable(Variable, "4");
            Assert.Equal(4, Read().MaxSmallForwards);
            Assert.Equal(5, Read(("max-small-forwards", "5")).MaxSmallForwards);
            Assert.Equal(7, Read(("max-small-forwards", "5")).MaxSequences);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Fact]
    public void File_EverySetting_IsBound()
    {
        WriteFile("""
            {"AdaptiveServe": {
              "Model": "here", "KvMemory": "2", "DType": "float16", "PrefixCaching": false, "LogLevel": "Error", "ServedModelName": "x"
            }}
            """);
        WebApplicationBuilder builder = CreateBuilder();
        ServerOptions server = builder.AddConfiguration([]);
        using ServiceProvider services = builder.Services.BuildServiceProvider();
        TorchRunnerOptions torch = services.GetRequiredService<IOptions<TorchRunnerOptions>>().Value;
        Assert.Equal(("here", "2", "float16"), (torch.Model, torch.KvMemory, torch.DType));
        Assert.False(services.GetRequiredService<IOptions<EngineOptions>>().Value.PrefixCaching);
        Assert.Equal((Serilog.Events.LogEventLevel.Error, "x"), (server.LogLevel, server.ServedModelName));
    }

    [Theory, InlineData("MaxSequence"), InlineData("max-sequences"), InlineData("Urls2")]
    public void File_UnknownKey_IsRefused(string key)
    {
        WriteFile($$$"""{"AdaptiveServe": {"{{{key}}}": 3}}""");
        Assert.Contains($"'AdaptiveServe:{key}'", Assert.Throws<FormatException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ApiKey", "\"secret\"", "a list"), InlineData("CorsOrigin", "\"*\"", "a list")]
    [InlineData("Model", "[\"here\"]", "a single value"), InlineData("MaxSequences", "{\"a\": 1}", "a single value")]
    public void File_ValueOfTheWrongForm_IsRefused(string key, string value, string form)
    {
        WriteFile($$$"""{"AdaptiveServe": {"{{{key}}}": {{{value}}}}}""");
        Assert.Equal($"appsettings.json: 'AdaptiveServe:{key}' must be {form}.", Assert.Throws<FormatException>(() => Read()).Message);
    }

    [Fact]
    public void File_EmptyList_IsNone()
    {
        WriteFile("""{"AdaptiveServe": {"ApiKey": [], "MaxSequences": 7}}""");
        Assert.Equal(7, Read().MaxSequences);
    }

    [Fact]
    public void File_NotJson_IsRefusedWithItsName()
    {
        WriteFile("{");
        Assert.Contains("appsettings.json", Assert.Throws<InvalidDataException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_OfOurPrefixThatMeanNothing_AreFound()
    {
        const string Name = "ADAPTIVESERVE_NO_SUCH_SETTING";
        try
        {
            Environment.SetEnvironmentVariable(Name, "1");
            Environment.SetEnvironmentVariable(Variable, "16");
            Assert.Contains(Name, EnvironmentSettings.Unknown());
            Assert.DoesNotContain(Variable, EnvironmentSettings.Unknown());
        }
        finally
        {
            Environment.SetEnvironmentVariable(Name, null);
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Fact]
    public void Entries_OfAList_AreNumbered()
    {
        var list = new Setting("some-list", "X", "Some.", typeof(EngineOptions), IsList: true);
        Assert.Equal([new("AdaptiveServe:SomeList:0", "a"), new("AdaptiveServe:SomeList:1", "b")], list.Entries(["a", "b"]));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void WriteFile(string json) => File.WriteAllText(Path.Combine(_folder.FullName, "appsettings.json"), json);

    private EngineOptions Read(params (string Name, string Value)[] flags)
    {
        WebApplicationBuilder builder = CreateBuilder();
        builder.AddConfiguration([.. flags.SelectMany(Entries)]);
        using ServiceProvider services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<EngineOptions>>().Value;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Entries((string Name, string Value) flag) =>
        Settings.All.Single(setting => setting.Name == flag.Name).Entries([flag.Value]);

    private WebApplicationBuilder CreateBuilder() =>
        WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = _folder.FullName });
}
