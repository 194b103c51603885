using System.Text.Json.Nodes;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Text.Tokenizers.Files;

namespace AdaptiveServe.Text.Tests.Tokenizers.Files;

public class PatternDialectTests
{
    [Theory]
    [InlineData(TinyTokenizers.Llama3Words)]
    [InlineData(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    [InlineData(@"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s+(?!\S)|\s+")]
    [InlineData(@"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*")]
    [InlineData("[一-龥぀-ゟ゠-ヿ]+")]
    [InlineData(@"(?<=a)b|(?<!a)c|(?>d)|(?=e)|\^|\$|\d\D|[a^$]")]
    public void FirstDifference_PublishedPatterns_HaveNone(string pattern) => Assert.Null(PatternDialect.FirstDifference(pattern));

    [Theory]
    [InlineData("^a", "^")]
    [InlineData("a$", "$")]
    [InlineData(@"\w+", @"\w")]
    [InlineData(@"[\w-]+", @"\w")]
    [InlineData(@"a\b", @"\b")]
    [InlineData(@"\h", @"\h")]
    [InlineData("[[:alpha:]]", "[:")]
    [InlineData("[a-z&&[^b]]", "&&")]
    [InlineData("[a-z-[b]]", "[b")]
    [InlineData("(?m:a.b)", "(?m:")]
    [InlineData("(?i)a", "(?i)")]
    [InlineData("(?<n>a)", "(?<n")]
    [InlineData("(?#c)", "(?#c")]
    public void FirstDifference_OtherMeaning_IsNamed(string pattern, string part) => Assert.Equal(part, PatternDialect.FirstDifference(pattern));

    [Fact]
    public void Load_PatternOfOtherMeaning_IsRefused()
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        json["pre_tokenizer"]!["pretokenizers"]![0] = TokenizerParts.Split(@"\w+|\s+");
        var refusal = Assert.Throws<TokenizerLoadException>(() => TinyTokenizers.Load(json));
        Assert.EndsWith(@"pre_tokenizer.pretokenizers[0].pattern.Regex: '\w' in a pattern is not supported", refusal.Message);
    }
}
