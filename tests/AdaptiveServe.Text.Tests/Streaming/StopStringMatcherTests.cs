using AdaptiveServe.Tests;
using AdaptiveServe.Text.Streaming;
using AdaptiveServe.Text.Tests.Tokenizers;
using CsCheck;

namespace AdaptiveServe.Text.Tests.Streaming;

[Collection(nameof(TimingCollection))]
public class StopStringMatcherTests
{
    [Theory]
    [InlineData("stop", "a st|op b", "a ", "stop")]
    [InlineData("stop", "st|o|p", "", "stop")]
    [InlineData("stop", "stostop", "sto", "stop")]
    [InlineData("stop", "a sto", "a sto", null)]
    [InlineData("aab", "aa|aa|b", "aa", "aab")]
    [InlineData("abab", "ab|aab|abab", "aba", "abab")]
    [InlineData("ab,abc", "xabc", "x", "ab")] // the first that is complete
    [InlineData("abc,b", "xabc", "xa", "b")]
    [InlineData("bc,abc,c", "xa|bc", "x", "abc")] // of those that are complete at once, the longest
    [InlineData("\n\n,\nUser:", "hi\nUs|er: x", "hi", "\nUser:")]
    [InlineData("\n\n,\nUser:", "hi\nUse|d\n", "hi\nUsed\n", null)]
    [InlineData("stop", "st||op", "", "stop")] // a token often settles no text
    [InlineData("x", "", "", null)]
    [InlineData("", "any|text", "anytext", null)]
    public void Append_Parts_EndBeforeTheStopString(string stopStrings, string parts, string text, string? matched)
    {
        var matcher = new StopStringMatcher(stopStrings.Split(',', StringSplitOptions.RemoveEmptyEntries));
        string result = string.Concat(parts.Split('|').Select(matcher.Append)) + matcher.Flush();
        Assert.Equal((text, matched), (result, matcher.Matched));
    }

    [Fact]
    public void Append_PossibleBeginning_IsHeldBackUntilDecided()
    {
        var matcher = new StopStringMatcher(["</think>"]);
        Assert.Equal(["a", "", "</thx", "", "</"], new[] { "a<", "/th", "x", "</", "</" }.Select(matcher.Append));
        Assert.Equal("</", matcher.Flush());
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void Append_AfterTheMatch_GivesNothing()
    {
        var matcher = new StopStringMatcher(["."]);
        Assert.Equal("a", matcher.Append("a.b"));
        Assert.Equal(("", "", "."), (matcher.Append("c."), matcher.Flush(), matcher.Matched));
    }

    [Fact]
    public void Constructor_EmptyStopString_IsRefused() => Assert.Throws<ArgumentException>(() => new StopStringMatcher(["a", ""]));

    [Fact]
    public void Append_AnyTextInAnyParts_DoesWhatANaiveSearchDoes()
    {
        Gen<string> text = Gen.OneOfConst('a', 'b', 'c').Array[0, 12].Select(characters => new string(characters));
        Gen<string[]> stopStrings = Gen.OneOfConst('a', 'b', 'c').Array[1, 5].Select(characters => new string(characters)).Array[0, 4];
        Property.Check(Gen.Select(stopStrings, text.Array[0, 6]), value =>
        {
            (string[] stops, string[] parts) = value;
            var matcher = new StopStringMatcher(stops);
            string given = "", taken = "";
            foreach (string part in parts)
            {
                string before = taken;
                taken += part;
                given += matcher.Append(part);
                (string settled, string? matched) = Naive(taken, stops);
                Assert.Equal((settled, matched), (given, matcher.Matched));
                if (matched is not null) break;
            }

            (string all, string? first) = Naive(taken, stops);
            Assert.Equal(first is null ? taken : all, given + matcher.Flush());
        }, cases: 20_000);
    }

    /// <summary>
    /// Each character takes a few steps however the text and the stop strings look; going back over the text would take minutes.
    /// </summary>
    [Fact]
    public void Append_HostileMegabyte_TakesSeconds()
    {
        string[] stops =
            [new string('a', 100_000) + "b", .. Enumerable.Range(1, 60).Select(length => new string('a', 1000 * length) + "c")];
        var matcher = new StopStringMatcher(stops);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        int given = 0;
        for (int i = 0; i < 1000; i++) given += matcher.Append(i % 100 == 99 ? new string('a', 999) + "x" : new string('a', 1000)).Length;
        Assert.Equal(1_000_000, given + matcher.Flush().Length);
        Assert.InRange(Environment.CpuUsage.TotalTime - before, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Append_SharedStopStrings_EachTextHasItsOwnState()
    {
        var stops = new StopStrings(["end"]);
        StopStringMatcher first = new(stops), second = new(stops);
        Assert.Equal("a", first.Append("aen"));
        Assert.Equal("d", second.Append("d")); // would end the text if it had the state of the first
        Assert.Equal("", first.Append("d"));
        Assert.Equal(("end", null), (first.Matched, second.Matched));
    }

    /// <summary>The text before the first match, by its end; or all but the longest end that begins a stop string.</summary>
    private static (string Text, string? Matched) Naive(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            IEnumerable<string> complete = stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal));
            if (complete.MaxBy(stop => stop.Length) is { } longest) return (text[..(end - longest.Length)], longest);
        }

        IEnumerable<string> beginnings = stops.SelectMany(stop => Enumerable.Range(0, stop.Length).Select(length => stop[..length]));
        return (text[..^beginnings.Where(text.EndsWith).Select(beginning => beginning.Length).DefaultIfEmpty().Max()], null);
    }
}
