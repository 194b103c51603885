using System.Diagnostics;
using AdaptiveServe.Server.OpenAI.Tools;

namespace AdaptiveServe.Server.Tests.OpenAI.Tools;

public class HermesToolCallParserTests
{
    private const string Call = """{"name": "f", "arguments": {"a": 1}}""";

    [Theory]
    [InlineData($"<tool_call>{Call}</tool_call>", "", """f({"a": 1})""")]
    [InlineData($"<tool_call>\n{Call}\n</tool_call>", "", """f({"a": 1})""")]
    [InlineData($"Let me see.\n\n<tool_call>\n{Call}\n</tool_call>\n", "Let me see.", """f({"a": 1})""")]
    [InlineData($"<tool_call>{Call}</tool_call>\n<tool_call>{Call}</tool_call>", "", """f({"a": 1}) f({"a": 1})""")]
    [InlineData($"<tool_call>{Call}\n{Call}</tool_call>", "", """f({"a": 1}) f({"a": 1})""")]
    [InlineData($"a <tool_call>{Call}</tool_call> b <tool_call>{Call}</tool_call> c", "a b c", """f({"a": 1}) f({"a": 1})""")]
    [InlineData($"<tool_call>{Call}", "", """f({"a": 1})""")] // the end of the answer ends a call
    [InlineData($"<<tool_call>{Call}</tool_call>", "<", """f({"a": 1})""")]
    [InlineData($"<tool_<tool_call>{Call}</tool_call>", "<tool_", """f({"a": 1})""")]
    [InlineData("""<tool_call>{"arguments": {}, "name": "g"}</tool_call>""", "", "g({})")]
    [InlineData("""<tool_call>{"name": "g"}</tool_call>""", "", "g({})")]
    [InlineData("""<tool_call>{"name": "g", "parameters": {"b": [1, {"c": null}]}}</tool_call>""", "", """g({"b": [1, {"c": null}]})""")]
    [InlineData("""<tool_call>{"name": "g", "arguments": "{\"a\": 1}"}</tool_call>""", "", """g({"a": 1})""")]
    [InlineData("""<tool_call>{"name": "g", "arguments": {"x": "</tool_call"}}</tool_call>""", "", """g({"x": "</tool_call"})""")]
    [InlineData("""<tool_call>{"name": "gä😀", "arguments": {"ö": "漢"}}</tool_call>""", "", """gä😀({"ö": "漢"})""")]
    public void Parse_Calls_AreTakenOut(string answer, string content, string calls) => Parses(answer, content, calls);

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData(" \n plain \n ")]
    [InlineData("<tool_call")]
    [InlineData("a < b and <tool_calls> too")]
    [InlineData("</tool_call>")]
    [InlineData(Call)]
    [InlineData("<TOOL_CALL>{\"name\": \"f\"}</TOOL_CALL>")]
    [InlineData("<tool_call></tool_call>")]
    [InlineData("<tool_call>  </tool_call>")]
    [InlineData(" a \n <tool_call>not JSON</tool_call> \n b ")]
    [InlineData("a\n<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": 1}")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_cal")]
    [InlineData("<tool_call>{\"name\": 1, \"arguments\": {}}</tool_call>")]
    [InlineData("<tool_call>{\"arguments\": {}}</tool_call>")]
    [InlineData("<tool_call>[{\"name\": \"f\"}]</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": [1]}</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": null}</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": \"\"}</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": \"[1]\"}</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": \"{\"}</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"f\"} and more</tool_call>")]
    [InlineData("<tool_call>{'name': 'f'}</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"\\ud800\", \"arguments\": {}}</tool_call>")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": \"\\udc00\"}</tool_call>")]
    [InlineData("<tool_call>{\"\\ud800\": 1}</tool_call>")]
    public void Parse_LooksLikeCallsOnly_StaysText(string answer) => Parses(answer, answer, "");

    [Fact]
    public void Parse_DeepJson_StaysText()
    {
        string deep = $$"""<tool_call>{"name": "f", "arguments": {{new string('[', 100_000)}}</tool_call>""";
        Parses(deep, deep, "");
    }

    [Fact]
    public void Parse_AnyCuts_GiveTheSame() => ParsedAnswer.CheckCuts(
        () => new HermesToolCallParser(),
        "<tool_call>", "</tool_call>", Call, "{\"name\": \"f\", \"arguments\": {\"x\": \"</tool_call>\"}}", "<tool", "_call>", "<", " ", "\n", "text", "{", "}", "ä😀");

    [Fact]
    public void Append_TextOutsideOfCalls_IsNotHeldBack()
    {
        var parser = new HermesToolCallParser();
        Assert.Equal("a < b", parser.Append("a < b").Content);
        Assert.Equal("", parser.Append(" <tool").Content);
        Assert.Equal(" <tools", parser.Append("s").Content);
        Assert.Equal("", parser.Append("\n<tool_call>{\"name\": \"f\"}").Content);
        ToolCallText ended = parser.Append("</tool_call>");
        Assert.Equal(("", "f"), (ended.Content, Assert.Single(ended.Calls).Function.Name));
        Assert.Equal((" then", 0), (parser.Append(" then").Content, parser.Flush().Calls.Count));
    }

    /// <summary>Milliseconds where time is linear; where it is quadratic, far more than the bound.</summary>
    [Theory]
    [InlineData("<")]
    [InlineData(" ")]
    [InlineData(" <tool_call")]
    [InlineData("<tool_call>x</tool_call>")]
    [InlineData("</tool_call")]
    [InlineData(">")]
    public void Append_AdversarialAnswer_TakesLinearTime(string piece)
    {
        foreach (string before in (string[])["", "<tool_call>"])
        {
            double least = Enumerable.Range(0, 3).Min(_ => Seconds(before, piece, 300_000));
            Assert.True(least < 4, $"{piece} after '{before}': {least} s");
        }
    }

    private static double Seconds(string before, string piece, int characters)
    {
        var parser = new HermesToolCallParser();
        long started = Stopwatch.GetTimestamp();
        parser.Append(before);
        for (int i = 0; i < characters / piece.Length; i++) parser.Append(piece);
        parser.Flush();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Parses(string answer, string content, string calls)
    {
        var expected = new ParsedAnswer(content, calls);
        Assert.Equal(expected, ParsedAnswer.Of(new HermesToolCallParser(), answer));
        Assert.Equal(expected, ParsedAnswer.Of(new HermesToolCallParser(), answer.Select(character => character.ToString())));
    }
}
