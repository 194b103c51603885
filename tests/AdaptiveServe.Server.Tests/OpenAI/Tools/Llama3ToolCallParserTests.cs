using System.Diagnostics;
using AdaptiveServe.Server.OpenAI.Tools;

namespace AdaptiveServe.Server.Tests.OpenAI.Tools;

public class Llama3ToolCallParserTests
{
    private const string Call = """{"name": "f", "parameters": {"a": 1}}""";

    [Theory]
    [InlineData(Call, """f({"a": 1})""")]
    [InlineData($" \n{Call}\n", """f({"a": 1})""")]
    [InlineData($"<|python_tag|>{Call}", """f({"a": 1})""")]
    [InlineData($" <|python_tag|> {Call}", """f({"a": 1})""")]
    [InlineData($"{Call};{Call}", """f({"a": 1}) f({"a": 1})""")]
    [InlineData($"{Call} ; {Call};", """f({"a": 1}) f({"a": 1})""")]
    [InlineData($"{Call}\n{Call}", """f({"a": 1}) f({"a": 1})""")]
    [InlineData("""{"name": "g", "arguments": {}}""", "g({})")]
    [InlineData("""{"type": "function", "name": "g", "parameters": {"x": "};{"}}""", """g({"x": "};{"})""")]
    public void Parse_Calls_AreTakenOut(string answer, string calls) => Parses(answer, "", calls);

    [Theory]
    [InlineData("")]
    [InlineData("  \n ")]
    [InlineData("plain text")]
    [InlineData($"I call {Call}")]
    [InlineData($"{Call} and so on")]
    [InlineData("{}")]
    [InlineData("""{"a": 1}""")]
    [InlineData("""{"name": "f", "parameters": {}""")]
    [InlineData("""{"name": "f", "parameters": [1]}""")]
    [InlineData("""{"name": "\ud800", "parameters": {}}""")]
    [InlineData("<|python")]
    [InlineData("<|python_tag|>")]
    [InlineData("<|python_tag|>print(1)")]
    [InlineData("<|other|>")]
    [InlineData("[1]")]
    public void Parse_LooksLikeCallsOnly_StaysText(string answer) => Parses(answer, answer, "");

    [Fact]
    public void Parse_AnyCuts_GiveTheSame() => ParsedAnswer.CheckCuts(
        () => new Llama3ToolCallParser(), Call, "<|python_tag|>", "<|python", "_tag|>", ";", " ", "\n", "{", "}", "text", "ä😀", new string(' ', 70));

    [Fact]
    public void Append_Text_IsNotHeldBack()
    {
        var parser = new Llama3ToolCallParser();
        Assert.Equal("", parser.Append(" \n").Content);
        Assert.Equal(" \nText", parser.Append("Text").Content);
        Assert.Equal(" {", parser.Append(" {").Content);
    }

    [Fact]
    public void Append_TextAfterMuchSpace_IsNotHeldBack()
    {
        var parser = new Llama3ToolCallParser();
        Assert.Equal("", parser.Append(new string(' ', 1000)).Content);
        Assert.Equal(1001, parser.Append("x").Content.Length);
    }

    [Theory, InlineData("{"), InlineData(" "), InlineData("{\"name\": \"f\"}")]
    public void Append_AdversarialAnswer_TakesLinearTime(string piece)
    {
        double least = Enumerable.Range(0, 3).Min(_ => Seconds(piece, 300_000));
        Assert.True(least < 4, $"{piece}: {least} s");
    }

    private static double Seconds(string piece, int characters)
    {
        var parser = new Llama3ToolCallParser();
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < characters / piece.Length; i++) parser.Append(piece);
        parser.Flush();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Parses(string answer, string content, string calls)
    {
        var expected = new ParsedAnswer(content, calls);
        Assert.Equal(expected, ParsedAnswer.Of(new Llama3ToolCallParser(), answer));
        Assert.Equal(expected, ParsedAnswer.Of(new Llama3ToolCallParser(), answer.Select(character => character.ToString())));
    }
}
