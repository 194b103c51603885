using System.Diagnostics;
using System.Text.Json;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.Telemetry;

public sealed class ServerMetricsTests : IAsyncLifetime
{
    private const string Tokens = "adaptiveserve_generation_tokens_total", Ends = "adaptiveserve_request_success_total", Failures = "adaptiveserve_request_failure_total";

    private readonly TemplateFile _template = new(TemplateFile.Scripted);

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(
        new FakeModelRunner(FakeModelRunner.TinyInfo(largeBlocks: 64, smallBlocks: 64, vocabulary: ByteTokenizerFolder.VocabularySize) with { LargeLayers = 3, SmallLayers = 1 }),
        ("chat-template", _template.Path), ("max-queued-requests", "4"));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _template.Dispose();
    }

    /// <summary>Before any request: dashboards and alerts need every name from the start.</summary>
    [Fact]
    public async Task Page_NoRequestYet_HasEveryName()
    {
        MetricsPage page = await MetricsPage.ReadAsync(_server);
        string[] counters =
        [
            "prompt_tokens_total", "generation_tokens_total{role=\"large\"}", "generation_tokens_total{role=\"small\"}",
            "request_success_total{finished_reason=\"stop\"}", "request_success_total{finished_reason=\"length\"}", "request_success_total{finished_reason=\"abort\"}",
            "request_failure_total{code=\"queue_full\"}", "request_failure_total{code=\"request_timeout\"}", "request_failure_total{code=\"internal_error\"}",
            "switches_total", "catch_up_tokens_total", "spec_decode_num_drafts_total", "spec_decode_num_draft_tokens_total", "spec_decode_num_accepted_tokens_total",
            "layers_total{kind=\"executed\"}", "layers_total{kind=\"skipped\"}", "layers_total{kind=\"repeated\"}",
            "num_preemptions_total", "prefix_cache_queries_total", "prefix_cache_hits_total",
        ];
        string[] gauges = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc{role=\"large\"}", "kv_cache_usage_perc{role=\"small\"}"];
        foreach (string name in counters.Concat(gauges))
        {
            Assert.True(page.Has("adaptiveserve_" + name), $"{name} is absent:\n{page.Text}");
            Assert.Equal(0, page["adaptiveserve_" + name]);
            Assert.Equal(counters.Contains(name) ? "counter" : "gauge", page.Types["adaptiveserve_" + name.Split('{')[0]]);
        }
    }

    /// <summary>Numbers of the answers themselves, added up.</summary>
    [Fact]
    public async Task Page_AfterRequests_CountsExactly()
    {
        int prompt = 0, large = 0, small = 0, stops = 0, lengths = 0;
        for (int i = 0; i < 12; i++)
        {
            ChatReply reply = await _server.GetChatAsync(
                stream: i % 2 == 0, ("model", i % 3 == 0 ? "fake:small" : "fake"), ("messages", Chats.User($"question {i}")), ("max_tokens", 40), ("n", 1 + i % 2), ("seed", i));
            prompt += reply.Usage!.Prompt;
            (i % 3 == 0 ? ref small : ref large) += reply.Usage.Completion;
            stops += reply.Choices.Count(choice => choice.FinishReason == "stop");
            lengths += reply.Choices.Count(choice => choice.FinishReason == "length");
        }

        Assert.True(large > 0 && small > 0 && stops + lengths == 18);
        (await _server.CompleteAsync(new { prompt = "x", n = 5 })).Expect(400); // more than the queue ever holds
        await MetricsPage.ReadUntilAsync(_server, $"{Failures}{{code=\"too_many_sequences\"}}", 1);
        MetricsPage page = await MetricsPage.ReadUntilAsync(_server, "adaptiveserve_request_prompt_tokens_count", 12);
        Assert.Equal(prompt, page["adaptiveserve_prompt_tokens_total"]);
        Assert.Equal((large, small), (page[Tokens + "{role=\"large\"}"], page[Tokens + "{role=\"small\"}"]));
        Assert.Equal((stops, lengths), (page[Ends + "{finished_reason=\"stop\"}"], page[Ends + "{finished_reason=\"length\"}"]));
        Assert.Equal(3 * large, page["adaptiveserve_layers_total{kind=\"executed\"}"]);
        Assert.Equal((0, 0), (page["adaptiveserve_num_requests_running"], page["adaptiveserve_num_requests_waiting"]));
        Assert.Equal(large, page["adaptiveserve_token_entropy_bit_count{role=\"large\"}"]);
        Assert.Equal(12, page["adaptiveserve_request_prompt_tokens_count"]);
        Assert.Equal((prompt, large + small), (page["adaptiveserve_request_prompt_tokens_sum"], page["adaptiveserve_request_generation_tokens_sum"]));
    }

    [Fact]
    public async Task Page_AfterRoutes_CountsLayers()
    {
        ChatReply reply = await _server.GetChatAsync(false, ("model", "fake"), ("messages", Chats.User("which layers?")), ("max_tokens", 7), ("ignore_eos", true),
            ("seed", 1), ("adaptive", JsonElement.Parse("""{"target": "routed", "routing": {"layers": [0, 2]}}""")));
        Assert.Equal(7, reply.Usage!.Completion);
        MetricsPage page = await MetricsPage.ReadUntilAsync(_server, "adaptiveserve_layers_total{kind=\"skipped\"}", 7);
        Assert.Equal((14, 0), (page["adaptiveserve_layers_total{kind=\"executed\"}"], page["adaptiveserve_layers_total{kind=\"repeated\"}"]));
    }

    /// <summary>What the answers themselves report, added up.</summary>
    [Fact]
    public async Task Page_AfterSwitchesAndDrafts_CountsExactly()
    {
        int switches = 0, catchUp = 0, drafted = 0, accepted = 0;
        for (int i = 0; i < 8; i++)
        {
            object adaptive = i % 2 == 0 ? new { target = "entropy", entropy = new { threshold = 2, window = 1, min_dwell = 1 } } : new { proposal = "small", speculation = new { governed = false } };
            JsonElement report = (await _server.GetChatAsync(
                stream: i % 4 < 2, ("messages", Chats.User($"question {i}")), ("max_tokens", 40), ("ignore_eos", true), ("seed", 0), ("adaptive", adaptive))).Adaptive;
            switches += report.GetProperty("switches").GetInt32();
            catchUp += report.GetProperty("tokens").GetProperty("processed_by_large").GetInt32() - report.GetProperty("tokens").GetProperty("large").GetInt32();
            drafted += report.GetProperty("drafted").GetInt32();
            accepted += report.GetProperty("accepted").GetInt32();
        }

        Assert.True(switches > 8 && catchUp > 8 && accepted > 8 && drafted > accepted, $"{switches} {catchUp} {accepted} {drafted}");
        MetricsPage page = await MetricsPage.ReadUntilAsync(_server, "adaptiveserve_request_prompt_tokens_count", 8);
        Assert.Equal((switches, catchUp), (page["adaptiveserve_switches_total"], page["adaptiveserve_catch_up_tokens_total"]));
        Assert.Equal(
            (drafted, accepted), (page["adaptiveserve_spec_decode_num_draft_tokens_total"], page["adaptiveserve_spec_decode_num_accepted_tokens_total"]));
        Assert.InRange(page["adaptiveserve_spec_decode_num_drafts_total"], 4, drafted);
        Assert.InRange(page["adaptiveserve_spec_decode_num_accepted_tokens_per_pos_total{position=\"0\"}"], 1, accepted);
    }

    /// <summary>The buckets that the GenAI conventions advise.</summary>
    [Theory]
    [InlineData("gen_ai_server_request_duration_seconds", "0.01 0.02 0.04 0.08 0.16 0.32 0.64 1.28 2.56 5.12 10.24 20.48 40.96 81.92 +Inf")]
    [InlineData("gen_ai_server_time_to_first_token_seconds", "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1 2.5 5 7.5 10 +Inf")]
    [InlineData("gen_ai_server_time_per_output_token_seconds", "0.0005 0.001 0.0025 0.005 0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1 2.5 +Inf")]
    public async Task Histogram_OfTimes_HasTheBucketsOfTheConventions(string name, string bounds)
    {
        await _server.GetChatAsync(new { messages = Chats.User("a question"), max_tokens = 5, ignore_eos = true });
        const string Labels = "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"adaptiveserve\",gen_ai_request_model=\"fake\",gen_ai_response_model=\"fake\"";
        MetricsPage page = await MetricsPage.ReadUntilAsync(_server, $"{name}_count{{{Labels}}}", 1);
        List<string> buckets = [.. page.Names.Where(sample => sample.StartsWith(name + "_bucket{" + Labels, StringComparison.Ordinal))];
        Assert.Equal(bounds.Split(' '), buckets.Select(sample => sample.Split("le=\"")[1].Split('"')[0]));
        Assert.Equal(buckets.Select(sample => page[sample]).Order(), buckets.Select(sample => page[sample])); // each holds those before it
        Assert.Equal((1, 1), (page[buckets[^1]], page[$"{name}_count{{{Labels}}}"]));
        Assert.True(page[$"{name}_sum{{{Labels}}}"] > 0);
    }

    [Fact]
    public async Task Page_WhileARequestRuns_GaugesShowIt()
    {
        await using GatedServer gated = await GatedServer.StartAsync(("max-sequences", "2"));
        Task<Completion> answer = gated.Server.GetCompletionAsync(new { prompt = "abcdefgh", n = 3 });
        await gated.WaitUntilBlockedAsync();
        MetricsPage page = await MetricsPage.ReadUntilAsync(gated.Server, "adaptiveserve_num_requests_running", 1);
        Assert.Equal(3, page["adaptiveserve_num_requests_running"] + page["adaptiveserve_num_requests_waiting"]);
        Assert.InRange(page["adaptiveserve_kv_cache_usage_perc{role=\"large\"}"], 1e-6, 1);
        gated.Gate.Open();
        await answer;
        await gated.Server.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task Page_ClientLeft_CountsAnAbort()
    {
        await using GatedServer gated = await GatedServer.StartAsync();
        Task<EventStream> opening = gated.Server.OpenStreamAsync(new { prompt = "abcdefgh", stream = true });
        await gated.StepUntilAsync(() => opening.IsCompleted, "the first part");
        await (await opening).DisposeAsync(); // the gate stays shut, so the answer cannot end on its own
        MetricsPage page = await MetricsPage.ReadUntilAsync(gated.Server, Ends + "{finished_reason=\"abort\"}", 1);
        Assert.Equal((1, 0), (page[Ends + "{finished_reason=\"abort\"}"], page[Ends + "{finished_reason=\"stop\"}"]));
        Assert.Contains(page.Names, name => name.StartsWith("gen_ai_server_request_duration_seconds_count", StringComparison.Ordinal) && name.Contains("error_type=\"client_left\"", StringComparison.Ordinal));
    }

    /// <summary>The judge that operators have: Prometheus' own check of form and names.</summary>
    [Fact]
    public async Task Page_AfterRequests_PassesPromtool()
    {
        await _server.GetChatAsync(new { messages = Chats.User("a question"), max_tokens = 5, ignore_eos = true });
        (await _server.CompleteAsync(new { prompt = "x", n = 5 })).Expect(400);
        MetricsPage page = await MetricsPage.ReadUntilAsync(_server, $"{Failures}{{code=\"too_many_sequences\"}}", 1);
        using Process? promtool = Start();
        Assert.SkipWhen(promtool is null, "promtool is not installed");
        IEnumerable<string> own = page.Text.Split('\n').Where(line => !line.Contains("dotnet_", StringComparison.Ordinal)); // the runtime's names are not ours
        await promtool.StandardInput.WriteAsync(string.Join('\n', own));
        promtool.StandardInput.Close();
        string said = await promtool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await promtool.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(promtool.ExitCode == 0, said + page.Text);
    }

    private static Process? Start()
    {
        try
        {
            return Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
