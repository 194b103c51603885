using System.Diagnostics;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

/// <summary>
/// Encoding is fast on real text and linear on hostile text. A megabyte takes about a second of processor time where it is linear, and
/// minutes where anything is quadratic, so the bound decides, on a busy machine too: no other test runs meanwhile.
/// </summary>
[Collection(nameof(TimingCollection))]
public class EncodingSpeedTests
{
    private static readonly string[] Units =
        ["a", " ", "\n", " \n", "\u0301", "\u0301\u0316", "😀", "👨‍👩‍👧", "7", "'", "aЖ你बก한é1ß", "<s", "<s>", "the", "\uD800"];

    private static readonly TimeSpan MaxHostile = TimeSpan.FromSeconds(10);

    [Theory, MemberData(nameof(PublishedTokenizers.Names), MemberType = typeof(PublishedTokenizers))]
    public void Encode_HundredKilobytesOfRealText_TakesUnderATenthOfASecond(string name)
    {
        TextTokenizer tokenizer = PublishedTokenizers.Get(name);
        string text = File.ReadAllText(SharedData.Path("datasets/text/wizard_of_oz.txt"))[..100_000];
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5 || (i < 50 && best.TotalMilliseconds >= 100); i++) best = Min(best, Time(tokenizer, text));
        TestContext.Current.SendDiagnosticMessage($"{name}: 100 KB in {best.TotalMilliseconds:F1} ms");
        Assert.InRange(best.TotalMilliseconds, 0, 100);
    }

    /// <summary>The tiny tokenizers take every path that the published ones take.</summary>
    [Theory]
    [InlineData("bytes")]
    [InlineData("characters")]
    public void Encode_HostileMegabyte_TakesSeconds(string name) => CheckHostile(TinyTokenizers.Load(name), length: 1_000_000);

    [Theory]
    [InlineData("tokenizers/llama-bpe")]
    [InlineData("tokenizers/qwen2")]
    [InlineData("tokenizers/llama-2")]
    public void Encode_HostileTextOnAPublishedTokenizer_TakesSeconds(string name) =>
        CheckHostile(PublishedTokenizers.Get(name), length: 200_000);

    private static void CheckHostile(TextTokenizer tokenizer, int length)
    {
        foreach (string unit in Units)
            Check(string.Concat(Enumerable.Repeat(unit, length / unit.Length)));
        Check(Words(new Random(1), length, wordLength: 250));
        Check(Words(new Random(2), length, wordLength: length));

        void Check(string text)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Assert.NotEmpty(tokenizer.Encode(text));
            TimeSpan time = Environment.CpuUsage.TotalTime - before;
            TestContext.Current.SendDiagnosticMessage($"'{text[..12]}' and so on: {time.TotalMilliseconds:F0} ms");
            if (time > MaxHostile) Assert.Fail($"{length} characters, '{text[..12]}' and so on, took {time}");
        }
    }

    /// <summary>Random letters, so that no word is met twice.</summary>
    private static string Words(Random random, int length, int wordLength) =>
        string.Join(' ', Enumerable.Range(0, length / wordLength).Select(_ => random.GetString("abcdefghijklmnopqrstuvwxyz", wordLength)));

    private static TimeSpan Time(TextTokenizer tokenizer, string text)
    {
        long start = Stopwatch.GetTimestamp();
        Assert.NotEmpty(tokenizer.Encode(text));
        return Stopwatch.GetElapsedTime(start);
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
