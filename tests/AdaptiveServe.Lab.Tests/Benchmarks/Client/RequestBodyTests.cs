using System.Text;
using System.Text.Json;
using AdaptiveServe.Lab.Benchmarks;
using AdaptiveServe.Lab.Benchmarks.Client;
using AdaptiveServe.Lab.Benchmarks.Workload;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Client;

public class RequestBodyTests
{
    private const string Rest = "\"max_tokens\":7,\"stream\":true,\"stream_options\":{\"include_usage\":true},\"seed\":42";
    private static readonly BenchOptions Options = new() { Url = new Uri("http://localhost"), Seed = 40 };

    [Fact]
    public void Write_Completion_HasPromptAndAdaptive()
    {
        JsonElement adaptive = JsonElement.Parse("""{"target":"large"}""");
        BenchOptions options = Options with { Api = BenchApi.Completions, Temperature = 0.5, Adaptive = adaptive };
        Assert.Equal(
            """{"model":"m","prompt":"hi",""" + Rest + ""","temperature":0.5,"adaptive":{"target":"large"}}""",
            Write(new Prompt("hi"), options));
    }

    [Fact]
    public void Write_ChatOfAText_HasOneMessage() => Assert.Equal(
        """{"model":"m","messages":[{"role":"user","content":"hi"}],""" + Rest + "}",
        Write(new Prompt("hi"), Options));

    [Fact]
    public void Write_ChatOfMessages_HasThem() => Assert.Contains(
        """ "messages":[{"role":"system","content":"s"}],""".Trim(),
        Write(new Prompt(null, JsonElement.Parse("""[{"role":"system","content":"s"}]""")), Options), StringComparison.Ordinal);

    private static string Write(Prompt prompt, BenchOptions options) =>
        Encoding.UTF8.GetString(RequestBody.Write(new BenchRequest(2, null, prompt, 7), "m", options));
}
