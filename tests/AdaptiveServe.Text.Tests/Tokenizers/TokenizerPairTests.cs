using System.Text.Json.Nodes;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers;

public class TokenizerPairTests
{
    private const string Config = """{"bos_token": "<|begin|>", "eos_token": "<|end|>"}""";
    private static readonly TextTokenizer Large = TinyTokenizers.Load(TinyTokenizers.ByteLevel(), Config);

    [Fact]
    public void EnsureSame_EqualTokenizers_IsAccepted() =>
        TokenizerPair.EnsureSame(Large, TinyTokenizers.Load(TinyTokenizers.ByteLevel(), Config));

    [Fact]
    public void EnsureSame_OneTokenizerInTwoFormats_IsAccepted()
    {
        TextTokenizer json = TinyTokenizers.Load(TinyTokenizers.Characters(), """{"bos_token": "<s>", "eos_token": "</s>"}""");
        TokenizerPair.EnsureSame(json, TinyTokenizers.Load("model"));
    }

    [Fact]
    public void EnsureSame_AnotherKind_NamesTheFirstTokenThatDiffers() =>
        Differs(TinyTokenizers.Load("characters"), "token 0 is '<unk>', not 'Ā'");

    [Fact]
    public void EnsureSame_AnotherPiece_NamesIt() => Differs(
        json =>
        {
            json["model"]!["vocab"]!.AsObject().Remove("aaaa");
            json["model"]!["merges"]!.AsArray().RemoveAt(22);
            json["model"]!["vocab"]!["other"] = 278;
        },
        "token 278 is 'other', not 'aaaa'");

    [Fact]
    public void EnsureSame_AGap_NamesIt() => Differs(
        json =>
        {
            json["model"]!["vocab"]!.AsObject().Remove("aaaa");
            json["model"]!["merges"]!.AsArray().RemoveAt(22);
        },
        "token 278 is '', not 'aaaa'");

    [Fact]
    public void EnsureSame_SpecialInOneOnly_NamesIt() => Differs(
        json => json["added_tokens"]![2]!["special"] = true, "token 281 ('<tool>') is special, in the large model not special");

    [Fact]
    public void EnsureSame_MoreTokens_NamesTheSizes() => Differs(
        json => json["added_tokens"]!.AsArray().Add(TokenizerParts.Added(282, "<more>")), "it has 283 tokens, not 282");

    [Fact]
    public void EnsureSame_AnotherOrderOfMerges_NamesTheFirst() => Differs(
        json =>
        {
            json["model"]!["merges"]![0] = "l l";
            json["model"]!["merges"]![1] = "h e";
        },
        "merge 0 is 'l' with 'l', not 'h' with 'e'");

    [Fact]
    public void EnsureSame_FewerMerges_NamesTheCounts() => Differs(
        json => json["model"]!["merges"]!.AsArray().RemoveAt(22), "it has 22 merges, not 23");

    [Theory]
    [InlineData(
        """{"bos_token": "<|end|>", "eos_token": "<|end|>"}""",
        "the token that begins a sequence is 280 ('<|end|>'), not 279 ('<|begin|>')")]
    [InlineData("""{"bos_token": "<|begin|>"}""", "the token that ends a sequence is not named, not 280 ('<|end|>')")]
    public void EnsureSame_OtherEnds_NamesThem(string config, string reason) =>
        Differs(TinyTokenizers.Load(TinyTokenizers.ByteLevel(), config), reason);

    [Fact]
    public void EnsureSame_PublishedTokenizers_NamesFileAndFirstToken()
    {
        TextTokenizer large = PublishedTokenizers.Get("tokenizers/llama-2"), small = PublishedTokenizers.Get("tokenizers/phi-3");
        var refusal = Assert.Throws<TokenizerLoadException>(() => TokenizerPair.EnsureSame(large, small));
        Assert.StartsWith(small.Definition.File + ": ", refusal.Message);
        Assert.EndsWith("token 2 ('</s>') is not special, in the large model special", refusal.Message);
        Assert.Contains(large.Definition.File, refusal.Message);
    }

    private static void Differs(Action<JsonObject> change, string reason)
    {
        JsonObject json = TinyTokenizers.ByteLevel();
        change(json);
        Differs(TinyTokenizers.Load(json, Config), reason);
    }

    private static void Differs(TextTokenizer small, string reason)
    {
        var refusal = Assert.Throws<TokenizerLoadException>(() => TokenizerPair.EnsureSame(Large, small));
        Assert.Equal(
            $"{small.Definition.File}: the tokenizer differs from the large model's ({Large.Definition.File}): {reason}", refusal.Message);
    }
}
