using AdaptiveServe.Server.Configuration;

namespace AdaptiveServe.Server.Tests.Configuration;

public class CommandLineTests
{
    [Fact]
    public async Task Invoke_Flags_BecomeEntries()
    {
        KeyValuePair<string, string?>[] expected = [new("AdaptiveServe:Model", "here"), new("AdaptiveServe:Threads", "2")];
        Assert.Equal(expected, await EntriesAsync("--model", "here", "--threads=2"));
        Assert.Empty((await EntriesAsync())!); // defaults are not entries: they would hide the file and the variables
        Assert.Equal([new("AdaptiveServe:ServedModelName", "-x")], await EntriesAsync("--served-model-name=-x"));
    }

    [Fact]
    public async Task Invoke_ListFlag_MayBeRepeated()
    {
        KeyValuePair<string, string?>[] expected = [new("AdaptiveServe:ApiKey:0", "a"), new("AdaptiveServe:ApiKey:1", "b")];
        Assert.Equal(expected, await EntriesAsync("--api-key", "a", "--api-key", "b"));
    }

    [Fact]
    public async Task Invoke_SwitchAlone_MeansTrue()
    {
        Assert.Equal([new("AdaptiveServe:Demo", "true"), new("AdaptiveServe:Threads", "2")], await EntriesAsync("--demo", "--threads", "2"));
        Assert.Equal([new("AdaptiveServe:Demo", "false")], await EntriesAsync("--demo", "false"));
        Assert.Equal([new("AdaptiveServe:PrefixCaching", "true")], await EntriesAsync("--prefix-caching"));
    }

    [Fact]
    public async Task Invoke_RunFails_IsTheExitCode() => Assert.Equal(7, await CommandLine.InvokeAsync([], (_, _) => Task.FromResult(7)));

    private static async Task<IReadOnlyList<KeyValuePair<string, string?>>?> EntriesAsync(params string[] args)
    {
        IReadOnlyList<KeyValuePair<string, string?>>? entries = null;
        int code = await CommandLine.InvokeAsync(args, (given, _) =>
        {
            entries = given;
            return Task.FromResult(0);
        });
        Assert.Equal(0, code);
        return entries;
    }
}
