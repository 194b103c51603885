using System.Text;
using AdaptiveServe.Server.OpenAI.Tools;
using CsCheck;

namespace AdaptiveServe.Server.Tests.OpenAI.Tools;

/// <summary>What a parser makes of an answer.</summary>
/// <param name="Content">The text outside of calls.</param>
/// <param name="Calls">The calls, each as <c>name(arguments)</c>.</param>
internal sealed record ParsedAnswer(string Content, string Calls)
{
    public static ParsedAnswer Of(IToolCallParser parser, params IEnumerable<string> parts)
    {
        var content = new StringBuilder();
        var calls = new List<ToolCall>();
        foreach (string part in parts) Add(parser.Append(part));
        Add(parser.Flush());
        Assert.Distinct(calls.Select(call => call.Id));
        return new ParsedAnswer(content.ToString(), string.Join(' ', calls.Select(call => $"{call.Function.Name}({call.Function.Arguments})")));

        void Add(ToolCallText text)
        {
            content.Append(text.Content);
            calls.AddRange(text.Calls);
        }
    }

    /// <summary>Checks that answers made of some pieces are parsed the same however they are cut.</summary>
    public static void CheckCuts(Func<IToolCallParser> create, params string[] pieces)
    {
        Gen<string> answers = Gen.OneOfConst(pieces).Array[0, 12].Select(string.Concat);
        Gen<(string Answer, int[] Lengths)> cases = Gen.Select(answers, Gen.Int[1, 9].Array[1, 40]);
        var random = new PCG(1, 0); // the same cases every time
        for (int i = 0; i < 3000; i++)
        {
            (string answer, int[] lengths) = cases.Generate(random, null, out _);
            Assert.Equal(Of(create(), answer), Of(create(), Cut(answer, lengths)));
        }
    }

    private static IEnumerable<string> Cut(string answer, int[] lengths)
    {
        int at = 0;
        for (int i = 0; at < answer.Length; i++)
        {
            int length = Math.Min(lengths[i % lengths.Length], answer.Length - at);
            yield return answer.Substring(at, length);
            at += length;
        }
    }
}
