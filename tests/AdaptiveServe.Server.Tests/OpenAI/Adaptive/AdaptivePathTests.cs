using System.Text.Json;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Server.Tests.Harness;
using AdaptiveServe.Tests;

namespace AdaptiveServe.Server.Tests.OpenAI.Adaptive;

/// <summary>Answers whose tokens take different paths: by either model, drafted or not.</summary>
public class AdaptivePathTests(ChatServer chat, PairServer pair)
{
    private const string Question = "which way do the tokens take?";
    private const int Length = 60;

    private readonly TestServer _single = chat.Server, _pair = pair.Server;

    public static TheoryData<string, string> Drafts =>
    [
        ("fake:speculative", "{}"), ("fake", """{"proposal": "small"}"""), ("fake:speculative", """{"stop": "fixed", "speculation": {"max_draft": 64}}"""),
        ("fake:speculative", """{"stop": "svip"}"""), ("fake:speculative", """{"stop": "adaedl", "speculation": {"threshold": -1e12}}"""),
        ("fake:speculative", """{"stop": "heuristic"}"""), ("fake:speculative", """{"speculation": {"max_draft": 6, "min_draft": 6}}"""),
        ("fake:speculative", """{"speculation": {"max_draft": 1, "threshold": 1}}"""), ("fake", """{"proposal": "ngram", "stop": "heuristic"}"""),
    ];

    [Theory, MemberData(nameof(Drafts))]
    public async Task Proposal_Any_GivesTheTokensOfPlain(string model, string adaptive)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            ChatReply plain = await AskAsync(false, "fake", "{}", seed);
            foreach (bool stream in (bool[])[false, true])
            {
                ChatReply reply = await AskAsync(stream, model, Drafting.Always(adaptive), seed);
                Assert.Equal((plain.Content, plain.FinishReason, Length), (reply.Content, reply.FinishReason, reply.Usage!.Completion));
                Assert.Equal(Ids(plain), Ids(reply));
                CheckDrafts(reply);
            }
        }
    }

    /// <summary>What is said was in the prompt before.</summary>
    [Theory]
    [InlineData("ngram", false), InlineData("ngram", true), InlineData("trigram", false), InlineData("recycling", true)]
    public async Task DraftsWithoutAModel_TextThatRepeats_SaveForwards(string proposal, bool stream)
    {
        string said = proposal == "recycling" ? string.Concat(Enumerable.Repeat("abcdefg", 8)) : "one and two and one and two and one and two";
        ChatReply reply = await _single.GetChatAsync(stream, ("messages", Chats.User(said)), ("adaptive", new { proposal, trace = true, speculation = new { governed = false } }));
        Assert.Equal((said, "stop"), (reply.Content, reply.FinishReason));
        Assert.InRange(Number(reply, "accepted"), 10, Number(reply, "drafted"));
        Assert.Contains(reply.Trace, record => record.GetProperty("outcome").GetString() == "corrected");
        Assert.InRange(reply.Adaptive.GetProperty("forwards").GetProperty("large").GetInt32(), 1, said.Length * 2 / 3);
        Assert.Equal(Number(reply, "accepted"), reply.Trace.Count(record => record.GetProperty("outcome").GetString() == "accepted"));
    }

    [Theory, InlineData(-1.0, "large", true), InlineData(1e9, "small", true), InlineData(-1.0, "large", false), InlineData(1e9, "small", false)]
    public async Task Entropy_LimitsOfTheThreshold_AreOneModel(double threshold, string target, bool replace)
    {
        ChatReply alone = await AskAsync(false, "fake", $$"""{"target": "{{target}}"}""", 0);
        foreach (bool stream in (bool[])[false, true])
        {
            string entropy = JsonSerializer.Serialize(new { threshold, replace });
            ChatReply reply = await AskAsync(stream, "fake:entropy", $$"""{"entropy": {{entropy}}}""", 0);
            Assert.Equal((alone.Content, "entropy", false), (reply.Content, reply.Adaptive.GetProperty("target").GetString(), reply.Adaptive.GetProperty("exact").GetBoolean()));
            Assert.Equal(Ids(alone), Ids(reply));
            Assert.Equal(target == "large" ? (0, Length, Length) : (Length, 0, 0), Tokens(reply));
            Assert.Equal(0, Number(reply, "switches"));
        }
    }

    [Theory, InlineData(false, false), InlineData(true, false), InlineData(false, true), InlineData(true, true)]
    public async Task Entropy_Switching_TraceAndSumsAgree(bool stream, bool replace)
    {
        List<(int Token, ModelRole Role)> expected = Expected(new() { Threshold = 2, ThresholdDown = 1.5, Replace = replace, Window = 2, MinDwell = 2 });
        string entropy = JsonSerializer.Serialize(new { threshold = 2, threshold_down = 1.5, replace, window = 2, min_dwell = 2 });
        ChatReply reply = await AskAsync(stream, "fake", $$"""{"target": "entropy", "entropy": {{entropy}}}""", 0);
        Assert.Equal(expected.Select(token => token.Token), Ids(reply));
        Assert.Equal(expected.Select(token => token.Role == ModelRole.Small ? "small" : "large"), Roles(reply));
        Assert.True(Number(reply, "switches") > 3, $"{reply.Adaptive}");
        Assert.Equal(expected.FindLastIndex(token => token.Role == ModelRole.Large) + 1, Tokens(reply).Processed);
        CheckSums(reply);
    }

    [Theory, InlineData("momentum", 2), InlineData("max_probability", 0.5), InlineData("margin", 0.5)]
    public async Task Entropy_OtherCriterion_SwitchesByIt(string criterion, double threshold)
    {
        List<(int Token, ModelRole Role)> expected = Expected(new() { Criterion = criterion, Threshold = threshold, Window = 2, MinDwell = 1 });
        string entropy = JsonSerializer.Serialize(new { criterion, threshold, window = 2, min_dwell = 1 });
        ChatReply reply = await AskAsync(false, "fake:entropy", $$"""{"entropy": {{entropy}}}""", 0);
        Assert.Equal(expected.Select(token => token.Token), Ids(reply));
        Assert.Equal(expected.Select(token => token.Role == ModelRole.Small ? "small" : "large"), Roles(reply));
        Assert.True(Number(reply, "switches") > 3, $"{reply.Adaptive}");
        CheckSums(reply);
    }

    [Theory, InlineData("large"), InlineData("small")]
    public async Task Cascade_LimitsOfTheThreshold_AreOneModel(string target)
    {
        ChatReply alone = await AskAsync(false, "fake", $$"""{"target": "{{target}}"}""", 2);
        string cascade = JsonSerializer.Serialize(new { threshold = target == "large" ? -1e9 : 1e9 });
        ChatReply reply = await AskAsync(true, "fake", $$"""{"target": "cascade", "proposal": "small", "cascade": {{cascade}}}""", 2);
        Assert.Equal((alone.Content, "cascade", false), (reply.Content, reply.Adaptive.GetProperty("target").GetString(), reply.Adaptive.GetProperty("exact").GetBoolean()));
        Assert.Equal(Ids(alone), Ids(reply));
        Assert.Equal(Roles(alone), Roles(reply));
        CheckSums(reply);
    }

    [Theory, InlineData("none"), InlineData("small")]
    public async Task Cascade_Mixing_TextDoesNotDependOnTheDrafts(string proposal)
    {
        ChatReply reply = await AskAsync(false, "fake", $$"""{"target": "cascade", "proposal": "{{proposal}}"}""", 1);
        ChatReply other = await AskAsync(true, "fake", """{"target": "cascade", "proposal": "small", "stop": "fixed", "speculation": {"max_draft": 3}}""", 1);
        Assert.Equal((reply.Content, Length), (other.Content, reply.Usage!.Completion));
        Assert.Equal(Roles(reply), Roles(other));
        Assert.Equal(["large", "small"], Roles(reply).Distinct().Order());
        CheckSums(reply);
        CheckSums(other);
    }

    [Fact]
    public async Task Periodic_Segments_ChangeAfterThem()
    {
        ChatReply reply = await AskAsync(false, "fake", """{"target": "periodic", "control": {"share": 0.25, "segment": 5}}""", 0);
        Assert.Equal(Enumerable.Range(0, Length).Select(i => i / 5 % 4 == 3 ? "large" : "small"), Roles(reply));
        CheckSums(reply);
        ChatReply random = await AskAsync(false, "fake", """{"target": "random", "control": {"segment": 5}}""", 0);
        Assert.All(Roles(random).Chunk(5), segment => Assert.Single(segment.Distinct()));
        Assert.Equal(["large", "small"], Roles(random).Distinct().Order());
        CheckSums(random);
    }

    [Fact]
    public async Task Entropy_SeveralChoices_AreAddedUp()
    {
        const string Adaptive = """{"target": "entropy", "entropy": {"threshold": 2, "window": 1, "min_dwell": 1}, "proposal": "small", "trace": true}""";
        ChatReply reply = await _pair.GetChatAsync(false, ("model", "fake"), ("messages", Chats.User(Question)), ("n", 3), ("seed", 1), ("max_tokens", 30),
            ("ignore_eos", true), ("adaptive", JsonElement.Parse(Adaptive)));
        (int small, int large, int processed) = Tokens(reply);
        Assert.Equal((90, 90), (small + large, reply.Trace.Count));
        Assert.Equal(Roles(reply).Count(role => role == "large"), large);
        Assert.InRange(processed, large + 1, 90);
        Assert.Equal(Roles(reply).Chunk(30).Sum(roles => Switches(roles)), Number(reply, "switches"));
    }

    /// <summary>The engine may be ahead of the reader that finds the text.</summary>
    [Theory, InlineData("small"), InlineData("none")]
    public async Task Stop_InTheMiddle_CountsWhatTheClientGot(string proposal)
    {
        string adaptive = $$"""{"target": "entropy", "entropy": {"threshold": 2, "window": 1, "min_dwell": 1}, "proposal": "{{proposal}}"}""";
        ChatReply whole = await AskAsync(false, "fake", adaptive, 0);
        string stop = whole.Content!.Where(char.IsAsciiLetterOrDigit).ElementAt(5).ToString();
        foreach (bool stream in (bool[])[false, true])
        {
            ChatReply reply = await AskAsync(stream, "fake", adaptive, 0, ("stop", stop));
            Assert.Equal((whole.Content![..whole.Content!.IndexOf(stop, StringComparison.Ordinal)], "stop"), (reply.Content, reply.FinishReason));
            Assert.True(reply.Usage!.Completion < Length);
            Assert.Equal(Ids(whole).Take(reply.Usage.Completion), Ids(reply));
            CheckSums(reply);
            Assert.InRange(Number(reply, "accepted"), 0, Number(reply, "drafted"));
        }
    }

    [Fact]
    public async Task Requests_AllKindsAtOnce_EachIsItselfAlone()
    {
        string[] kinds =
        [
            "{}", """{"target": "small"}""", """{"proposal": "small"}""", """{"proposal": "ngram", "speculation": {"max_draft": 3}}""",
            """{"target": "entropy", "entropy": {"threshold": 2, "window": 2, "min_dwell": 1}}""",
            """{"target": "entropy", "entropy": {"threshold": 1.5, "window": 1, "min_dwell": 3}, "proposal": "small", "stop": "fixed"}""",
            """{"target": "cascade", "proposal": "small"}""",
        ];
        ChatReply[] alone = new ChatReply[42];
        for (int i = 0; i < alone.Length; i++) alone[i] = await AskAsync(false, "fake", kinds[i % kinds.Length], i / kinds.Length);
        ChatReply[] crowd = await Task.WhenAll(Enumerable.Range(0, alone.Length).Select(i =>
            AskAsync(i % 4 == 0, "fake", kinds[i % kinds.Length], i / kinds.Length)));
        Assert.All(alone.Zip(crowd), both =>
        {
            Assert.Equal((both.First.Content, both.First.FinishReason), (both.Second.Content, both.Second.FinishReason));
            Assert.Equal(Ids(both.First), Ids(both.Second));
            Assert.Equal(Roles(both.First), Roles(both.Second));
            Assert.Equal(Tokens(both.First), Tokens(both.Second));
            CheckSums(both.Second);
        });
        Assert.True(alone.Select(reply => reply.Content).Distinct().Count() > 12);
    }

    private Task<ChatReply> AskAsync(bool stream, string model, string adaptive, int seed, params (string Name, object? Value)[] more)
    {
        Dictionary<string, object> traced = JsonSerializer.Deserialize<Dictionary<string, object>>(adaptive)!;
        traced["trace"] = true;
        return _pair.GetChatAsync(stream, [("model", model), ("messages", Chats.User(Question)), ("seed", seed), ("max_tokens", Length),
            ("ignore_eos", true), ("adaptive", traced), .. more]);
    }

    private List<(int Token, ModelRole Role)> Expected(EntropySwitchingOptions options)
    {
        int[] prompt = [.. _pair.Model.Tokenizer.Encode(Question, addSpecialTokens: false)];
        var sampling = new SamplingParams { MaxTokens = Length, IgnoreEos = true };
        Assert.True(StrategyRegistry.BuiltIn.TryGetTarget("entropy", out ITargetStrategy? strategy));
        return FakeModelRunner.Continue(prompt, sampling, strategy.CreatePolicy(new Sequence(prompt, sampling) { EntropySwitching = options }), _pair.Engine.Info);
    }

    private static void CheckDrafts(ChatReply reply)
    {
        JsonElement[] accepted = [.. reply.Trace.Where(record => record.GetProperty("outcome").GetString() == "accepted")];
        Assert.Equal(Number(reply, "accepted"), accepted.Length);
        Assert.All(reply.Trace, record => Assert.Equal(record.GetProperty("outcome").GetString() == "accepted", record.GetProperty("drafted").GetBoolean()));
        Assert.InRange(accepted.Length, 0, Number(reply, "drafted"));
        Assert.Equal((0, Length, Length), Tokens(reply));
        Assert.True(reply.Adaptive.GetProperty("exact").GetBoolean());
        if (reply.Adaptive.GetProperty("proposal").GetString() == "ngram") return; // this text hardly repeats itself
        Assert.True(accepted.Length > 0);
        Assert.True(reply.Adaptive.GetProperty("forwards").GetProperty("large").GetInt32() < Length);
    }

    private static void CheckSums(ChatReply reply)
    {
        List<string?> roles = Roles(reply);
        (int small, int large, int processed) = Tokens(reply);
        Assert.Equal((roles.Count(role => role == "small"), roles.Count(role => role == "large")), (small, large));
        Assert.Equal(reply.Usage!.Completion, small + large);
        Assert.Equal(Switches(roles), Number(reply, "switches"));
        Assert.InRange(processed, large, small + large);
    }

    private static int Switches(IReadOnlyList<string?> roles) => roles.Skip(1).Zip(roles, (next, before) => next != before).Count(isSwitch => isSwitch);

    private static List<int> Ids(ChatReply reply) => [.. reply.Trace.Select(record => record.GetProperty("id").GetInt32())];

    private static List<string?> Roles(ChatReply reply) => [.. reply.Trace.Select(record => record.GetProperty("role").GetString())];

    private static int Number(ChatReply reply, string name) => reply.Adaptive.GetProperty(name).GetInt32();

    private static (int Small, int Large, int Processed) Tokens(ChatReply reply)
    {
        JsonElement tokens = reply.Adaptive.GetProperty("tokens");
        return (tokens.GetProperty("small").GetInt32(), tokens.GetProperty("large").GetInt32(), tokens.GetProperty("processed_by_large").GetInt32());
    }
}
