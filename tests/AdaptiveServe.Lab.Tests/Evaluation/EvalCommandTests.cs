using System.Text.Json.Nodes;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Tests.Evaluation;

public sealed class EvalCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new(), _model = RandomModel.Create();

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task Eval_File_ReportsWhatIsRight()
    {
        await WriteSuiteAsync(right: 6, wrong: 4);
        LabRun run = await InvokeAsync("--alias", "tiny:large", "--max-tokens", "8", "--json", _folder.File("out.json"));
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Equal(["all", "10", "60.0", "31.3", "to", "83.2"], Row(run, "all"));

        JsonNode report = Report("out.json");
        Assert.Equal(("tiny:large", "large", "none"), ((string?)report["alias"], (string?)report["target"], (string?)report["proposal"]));
        Assert.Equal((10, 0.6), ((int?)report["n"], (double?)report["accuracy"]));
        Assert.Equal((_folder.File("suite.jsonl"), 1), ((string?)report["suite"], (int?)report["seed"]));
        Assert.Equal(0.313, (double)report["interval95"]![0]!, 3);
        Assert.Equal(0.832, (double)report["interval95"]![1]!, 3);
        Assert.Equal((4, 0.0), ((int?)report["tasks"]!["wrong"]!["n"], (double?)report["tasks"]!["wrong"]!["accuracy"]));
        Assert.Equal(2, report["tasks"]!["right"]!["interval95"]!.AsArray().Count);
        int completion = (int)report["tokens"]!["completion"]!;
        Assert.Equal((0, completion, completion), (
            (int?)report["tokens"]!["small"], (int?)report["tokens"]!["large"], (int?)report["tokens"]!["processed_by_large"]));
        Assert.Equal((0, completion), ((int?)report["forwards"]!["small"], (int?)report["forwards"]!["large"]));
        Assert.Equal((0, 0), ((int?)report["drafted"], (int?)report["accepted"]));
        Assert.Equal((2 * completion, 0, 0), (
            (int?)report["layers"]!["executed"], (int?)report["layers"]!["skipped"], (int?)report["layers"]!["repeated"]));
        Assert.True((double)report["seconds"]! > 0 && (double)report["tokens_per_second"]! > 0);
        Assert.Equal(10, report["results"]!.AsArray().Select(result => (string)result!["prompt_hash"]!).Distinct().Count());
        Assert.Equal(6, report["results"]!.AsArray().Count(result => (bool)result!["correct"]!));
    }

    [Fact]
    public async Task Eval_Baseline_ComparesPromptByPrompt()
    {
        await WriteSuiteAsync(right: 6, wrong: 4);
        await InvokeAsync("--max-tokens", "8", "--json", _folder.File("before.json"));
        JsonNode before = Report("before.json");
        foreach (JsonNode? result in before["results"]!.AsArray().Skip(8)) result!["correct"] = true;
        _folder.Write("before.json", before.ToJsonString());

        LabRun run = await InvokeAsync("--max-tokens", "8", "--baseline", _folder.File("before.json"), "--json", _folder.File("out.json"));
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        JsonNode comparison = Report("out.json")["comparison"]!;
        Assert.Equal((0.8, -0.2), ((double)comparison["accuracy"]!, (double)comparison["total"]!["mean"]!));
        Assert.Equal(-0.5, (double)comparison["tasks"]!["wrong"]!["mean"]!);
        Assert.Equal("[0,0]", comparison["tasks"]!["right"]!["interval95"]!.ToJsonString());
        Assert.Equal(["all", "10", "60.0", "31.3", "to", "83.2", "-20.0"], Row(run, "all")[..7]);
    }

    [Theory]
    [InlineData("--limit", "9", "has 10 results, and the suite has 9 examples")]
    [InlineData("--suite", "other.jsonl", "result 10 is of another example")]
    public async Task Eval_BaselineOfOtherPrompts_IsRefused(string option, string value, string message)
    {
        await WriteSuiteAsync(right: 6, wrong: 4);
        await InvokeAsync("--json", _folder.File("before.json"), "--max-tokens", "1");
        string[] lines = File.ReadAllLines(_folder.File("suite.jsonl"));
        _folder.Write("other.jsonl", string.Join('\n', [.. lines[..9], """{"prompt": "ab", "answer": "other"}"""]));
        string[] changed = option == "--suite" ? [option, _folder.File(value)] : ["--suite", _folder.File("suite.jsonl"), option, value];
        LabRun run = await LabRun.InvokeAsync(["eval", "--model", "nowhere", "--baseline", _folder.File("before.json"), .. changed]);
        Assert.Equal((ExitCode.Failure, ""), (run.Code, run.Output));
        Assert.Contains(message, run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_Answers_AreWrittenInOrder()
    {
        await WriteSuiteAsync(right: 3, wrong: 1);
        await InvokeAsync("--max-tokens", "8", "--answers", _folder.File("answers.jsonl"), "--concurrency", "3");
        JsonNode[] answers = Lines("answers.jsonl");
        Assert.Equal([.. Enumerable.Range(0, 4).Select(TinyExamples.Prompt)], answers.Select(answer => (string)answer["prompt"]!));
        Assert.Equal([true, true, true, false], answers.Select(answer => (bool)answer["correct"]!));
        Assert.Equal((string?)answers[0]["answer"], ((string?)answers[0]["reply"])!.Trim());
    }

    [Fact]
    public async Task Eval_DemoSuite_CoversItsTasks()
    {
        LabRun run = await LabRun.InvokeAsync(
            "eval", "--model", _model.Path, "--suite", "demo", "--difficulty", "out", "--limit", "120", "--max-tokens", "2",
            "--threads", "1", "--json", _folder.File("out.json"));
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        JsonNode report = Report("out.json");
        Assert.Equal((120, "out"), ((int?)report["n"], (string?)report["difficulty"]));
        Assert.True(report["tasks"]!.AsObject().Count > 10);
    }

    [Fact]
    public async Task Eval_NGramProposal_RepliesTheSameAndReportsItsSettings()
    {
        await WriteSuiteAsync(right: 4, wrong: 2);
        await InvokeAsync("--max-tokens", "40", "--answers", _folder.File("plain.jsonl"));
        LabRun run = await InvokeAsync(
            "--adaptive", """{"proposal": "ngram", "stop": "fixed", "speculation": {"max_draft": 5}, "entropy": null}""", "--max-tokens", "40",
            "--answers", _folder.File("drafted.jsonl"), "--json", _folder.File("out.json"));
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Assert.Equal(File.ReadAllText(_folder.File("plain.jsonl")), File.ReadAllText(_folder.File("drafted.jsonl")));
        JsonNode report = Report("out.json");
        Assert.Equal(("ngram", "fixed", 5), ((string?)report["proposal"], (string?)report["speculation"]!["stop"], (int?)report["speculation"]!["max_draft"]));
        Assert.Null(report["entropy"]);
        Assert.Equal(0, (int?)report["switches"]);
        Assert.InRange((int)report["accepted"]!, 1, (int)report["drafted"]!);
        Assert.True((int)report["forwards"]!["large"]! < (int)report["tokens"]!["completion"]!);
    }

    /// <summary>The model has two layers; leaving one out is counted, and drafting with one changes no reply.</summary>
    [Fact]
    public async Task Eval_RankedLayers_RoutesAndDraftsItself()
    {
        await WriteSuiteAsync(right: 2, wrong: 0);
        Assert.Equal(ExitCode.Success, (await LabRun.InvokeAsync("inspect", "--model", _model.Path, "--write-ranking")).Code);
        Assert.Equal("", (await InvokeAsync("--max-tokens", "8", "--alias", "demo:routed", "--json", _folder.File("whole.json"))).Error);
        Assert.Equal("", (await InvokeAsync(
            "--max-tokens", "8", "--adaptive", """{"target": "routed", "routing": {"budget": 0.5}}""", "--json", _folder.File("half.json"))).Error);
        JsonNode half = Report("half.json");
        long tokens = (long)half["tokens"]!["large"]!;
        Assert.Equal((tokens, tokens, 0), ((long)half["layers"]!["executed"]!, (long)half["layers"]!["skipped"]!, (long)half["layers"]!["repeated"]!));
        Assert.Equal(0.5, (double)half["routing"]!["budget"]!);
        Assert.Equal(0, (long)Report("whole.json")["layers"]!["skipped"]!); // 0.85 of two layers are both

        await InvokeAsync("--max-tokens", "8", "--answers", _folder.File("plain.jsonl"));
        LabRun self = await InvokeAsync(
            "--max-tokens", "8", "--adaptive", """{"proposal": "self", "stop": "fixed"}""", "--answers", _folder.File("self.jsonl"), "--json", _folder.File("self.json"));
        Assert.Equal("", self.Error);
        Assert.Equal(File.ReadAllText(_folder.File("plain.jsonl")), File.ReadAllText(_folder.File("self.jsonl")));
        Assert.InRange((int)Report("self.json")["drafted"]!, 1, int.MaxValue);
    }

    [Theory]
    [InlineData("--adaptive", """{"target": "routed", "routing": {"budget": 0.5}}""", "no adaptive/layer-ranking.json")]
    [InlineData("--adaptive", """{"target": "routed", "routing": {"layers": []}}""", "at least one layer")]
    [InlineData("--adaptive", """{"target": "routed", "routing": {"layers": [99]}}""", "there is no layer 99")]
    [InlineData("--adaptive", """{"target": "routed", "routing": {"layers": ["0"]}}""", "'routing.layers' must be a list of whole numbers")]
    [InlineData("--adaptive", """{"routing": {"budget": 0}}""", "The budget is a share")]
    [InlineData("--adaptive", """{"routing": {"router": "nobody"}}""", "There is no router 'nobody'")]
    [InlineData("--adaptive", """{"routing": {"router": 1}}""", "'routing.router' must be a string")]
    [InlineData("--adaptive", """{"routing": {"path": []}}""", "there is no field 'routing.path'")]
    [InlineData("--adaptive", """{"speculation": {"budget": 1.5}}""", "The budget is a share")]
    [InlineData("--adaptive", """{"target": "entropy"}""", "needs a small model")]
    [InlineData("--adaptive", """{"proposal": "small"}""", "needs a small model")]
    [InlineData("--adaptive", """{"proposal": "self"}""", "no adaptive/layer-ranking.json")]
    [InlineData("--adaptive", """{"quality": 0.9}""", "needs a pair with adaptive/calibration.json")]
    [InlineData("--adaptive", """{"quality": 2}""", "'quality' must be a number above 0, up to 1")]
    [InlineData("--adaptive", """{"quality": 0.9, "target": "small"}""", "a setting of the target 'entropy'")]
    [InlineData("--adaptive", """{"entropy": {"replace": 1}}""", "'entropy.replace' must be true or false")]
    [InlineData("--adaptive", """{"trace": true}""", "'trace' is not built yet, or changes no reply")]
    [InlineData("--adaptive", """{"proposal": "ngram", "stop": "learned"}""", "needs an acceptance head")]
    [InlineData("--adaptive", """{"stop": 1}""", "'stop' must be a string")]
    [InlineData("--adaptive", """{"entropy": 1}""", "'entropy' must be an object")]
    [InlineData("--adaptive", """{"entropy": {"threshold": "1"}}""", "'entropy.threshold' must be a number")]
    [InlineData("--adaptive", """{"entropy": {"threshold": 1e999}}""", "'entropy.threshold' must be a number")]
    [InlineData("--adaptive", """{"entropy": {"window": 1.5}}""", "'entropy.window' must be a whole number")]
    [InlineData("--adaptive", """{"entropy": {"window": 0}}""", "The window is 1 to 4096 tokens")]
    [InlineData("--adaptive", """{"entropy": {"threshold_down": 2}}""", "The threshold down is at most the threshold")]
    [InlineData("--adaptive", """{"speculation": {"max_draft": 65}}""", "A draft has at most 1 to 64 tokens")]
    [InlineData("--adaptive", """{"speculation": {"min_draft": 9}}""", "no more than the longest")]
    [InlineData("--adaptive", """{"speculation": {"stop": "fixed"}}""", "there is no field 'speculation.stop'")]
    [InlineData("--adaptive", """{"target": "nonsense"}""", "the target 'nonsense' is not built")]
    [InlineData("--adaptive", """{"target": 1}""", "'target' must be a string")]
    [InlineData("--adaptive", """{"entropy": {"tau": 1}}""", "there is no field 'entropy.tau'")]
    [InlineData("--adaptive", """{"colour": 1}""", "there is no field 'colour'")]
    [InlineData("--adaptive", """{"target": "small"}""", "needs a small model")]
    [InlineData("--alias", "demo:small", "needs a small model")]
    [InlineData("--alias", "demo:entropy", "needs a small model")]
    [InlineData("--alias", "demo:speculative", "needs a small model")]
    [InlineData("--alias", "demo:quick", "there is no suffix 'quick'")]
    [InlineData("--alias", "demo", "is not of the form NAME:SUFFIX")]
    public async Task Eval_WhatIsNotBuilt_IsRefused(string option, string value, string message)
    {
        await WriteSuiteAsync(right: 1, wrong: 0);
        LabRun run = await InvokeAsync(option, value, "--json", _folder.File("out.json"));
        Assert.Equal((ExitCode.Failure, ""), (run.Code, run.Output));
        Assert.Contains(message, run.ErrorLine, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("out.json")));
    }

    [Theory]
    [InlineData("--adaptive", "[]")]
    [InlineData("--adaptive", "{\"target\": \"\\ud800\"}")]
    [InlineData("--adaptive", "{\"target\": \"large\", \"target\": \"large\"}")]
    [InlineData("--adaptive", "{}", "--alias", "demo:large")]
    [InlineData("--difficulty", "in")]
    [InlineData("--difficulty", "hard", "--suite", "demo")]
    [InlineData("--limit", "0")]
    [InlineData("--concurrency", "0")]
    [InlineData("--temperature", "-1")]
    [InlineData("--small-model", "x", "--model", "demo")]
    [InlineData("--json", "x", "--answers", "./x")]
    public async Task Eval_MeaninglessOptions_IsAUsageError(params string[] options)
    {
        string[] model = options.Contains("--model") ? [] : ["--model", "m"];
        string[] suite = options.Contains("--suite") ? [] : ["--suite", "s.jsonl"];
        LabRun run = await LabRun.InvokeAsync(["eval", .. model, .. suite, .. options]);
        Assert.Equal((ExitCode.Usage, ""), (run.Code, run.Output));
        Assert.Contains(options[0] == "--difficulty" && options.Length > 2 ? "hard" : options[0], run.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eval_BrokenTemplate_FailsInOneLine()
    {
        await WriteSuiteAsync(right: 1, wrong: 0);
        _model.Write("chat_template.jinja", "{% if %}");
        LabRun run = await InvokeAsync();
        Assert.Equal((ExitCode.Failure, ""), (run.Code, run.Output));
        Assert.Contains("chat_template.jinja", run.ErrorLine, StringComparison.Ordinal);
    }

    /// <summary>Asks the model first, so that the suite's answers are what it replies, or not.</summary>
    private async Task WriteSuiteAsync(int right, int wrong)
    {
        string[] prompts = [.. Enumerable.Range(0, right + wrong).Select(TinyExamples.Prompt)];
        _folder.Write("suite.jsonl", string.Join('\n', prompts.Select(prompt => Line("right", prompt, "a"))));
        LabRun run = await InvokeAsync("--max-tokens", "8", "--concurrency", "1", "--answers", _folder.File("replies.jsonl"));
        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        string[] replies = [.. Lines("replies.jsonl").Select(line => (string)line["reply"]!)];
        _folder.Write("suite.jsonl", string.Join('\n', prompts.Select((prompt, i) =>
            i < right ? Line("right", prompt, replies[i].Trim()) : Line("wrong", prompt, replies[i] + "!"))));
    }

    private static string Line(string task, string prompt, string answer) =>
        new JsonObject { ["task"] = task, ["prompt"] = prompt, ["answer"] = answer }.ToJsonString();

    private Task<LabRun> InvokeAsync(params string[] options) => LabRun.InvokeAsync(
        ["eval", "--model", _model.Path, "--suite", _folder.File("suite.jsonl"), "--threads", "1", .. options]);

    private JsonNode Report(string name) => JsonNode.Parse(File.ReadAllText(_folder.File(name)))!;

    private JsonNode[] Lines(string name) => [.. File.ReadAllLines(_folder.File(name)).Select(line => JsonNode.Parse(line)!)];

    private static string[] Row(LabRun run, string name) => Assert.Single(
        run.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), row => row.FirstOrDefault() == name);
}
