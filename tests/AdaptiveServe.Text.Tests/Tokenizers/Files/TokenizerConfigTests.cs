using System.Text.Json.Nodes;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers.Files;

public class TokenizerConfigTests
{
    private static readonly JsonObject Json = TinyTokenizers.ByteLevel();

    [Fact]
    public void Load_NoConfig_NamesNoTokens()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load(Json);
        Assert.Equal((null, null, null, null), (tokenizer.BosToken, tokenizer.EosToken, tokenizer.UnknownToken, tokenizer.PadToken));
        Assert.Equal((null, null), (tokenizer.BosId, tokenizer.EosId));
        Assert.Empty(tokenizer.SpecialTokens);
    }

    [Fact]
    public void Load_Config_NamesTokensAsTextOrObject()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load(
            Json,
            """
            {"bos_token": "<|begin|>", "eos_token": {"content": "<|end|>", "lstrip": false}, "pad_token": "[PAD]", "unk_token": null,
             "sep_token": "a"}
            """);
        Assert.Equal(("<|begin|>", "<|end|>"), (tokenizer.BosToken, tokenizer.EosToken));
        Assert.Equal((null, "[PAD]"), (tokenizer.UnknownToken, tokenizer.PadToken));
        Assert.Equal((tokenizer.Id("<|begin|>"), tokenizer.Id("<|end|>")), (tokenizer.BosId, tokenizer.EosId));
        Assert.Equal("a", tokenizer.SpecialTokens["sep_token"]);
        Assert.Equal(4, tokenizer.SpecialTokens.Count);
        Assert.False(tokenizer.TryGetId("[PAD]", out _));
    }

    [Fact]
    public void Load_SpecialTokensMap_FillsWhatTheConfigLeavesOut()
    {
        TextTokenizer tokenizer = TinyTokenizers.Load(
            Json,
            """{"bos_token": "<|begin|>", "eos_token": null}""",
            """{"bos_token": "a", "eos_token": {"content": "<|end|>"}, "unk_token": "b"}""");
        Assert.Equal(("<|begin|>", "<|end|>", "b"), (tokenizer.BosToken, tokenizer.EosToken, tokenizer.UnknownToken));
    }

    [Theory]
    [InlineData("{}", new[] { "<|begin|>" }, new string[0])]
    [InlineData("""{"add_bos_token": false}""", new[] { "<|begin|>" }, new string[0])] // nobody says which token that is
    [InlineData("""{"add_bos_token": false, "bos_token": "<|begin|>"}""", new string[0], new string[0])]
    [InlineData("""{"add_bos_token": true, "bos_token": "<|begin|>"}""", new[] { "<|begin|>" }, new string[0])]
    [InlineData("""{"add_bos_token": true, "bos_token": "a"}""", new[] { "a", "<|begin|>" }, new string[0])]
    [InlineData("""{"add_eos_token": true, "eos_token": "<|end|>"}""", new[] { "<|begin|>" }, new[] { "<|end|>" })]
    [InlineData("""{"add_eos_token": false, "eos_token": "<|end|>"}""", new[] { "<|begin|>" }, new string[0])]
    public void Encode_AddFlags_OverruleTheTemplate(string config, string[] prefix, string[] suffix)
    {
        TextTokenizer tokenizer = TinyTokenizers.Load(Json, config);
        Assert.Equal([.. prefix, "x", .. suffix], tokenizer.Encode("x").Select(tokenizer.Piece));
        Assert.Equal(prefix, tokenizer.Prefix.Select(tokenizer.Piece));
        Assert.Equal(suffix, tokenizer.Suffix.Select(tokenizer.Piece));
        Assert.Equal(["x"], tokenizer.Pieces("x"));
    }

    [Fact]
    public void Load_AddedTokensDecoder_AddsTokensThatTheFileLacks()
    {
        TextTokenizer tokenizer = TinyTokenizers.LoadModel(
            TinyTokenizers.Model(),
            """
            {"added_tokens_decoder": {"1": {"content": "<s>"}, "400": {"content": "<|user|>", "special": true}, "401": {"content": "<x>"}}}
            """);
        Assert.Equal(["▁", "a", "<|user|>", "<x>"], tokenizer.Pieces("a<|user|><x>"));
        Assert.Equal((true, false), (tokenizer.IsSpecial(400), tokenizer.IsSpecial(401)));
        Assert.Equal(402, tokenizer.VocabularySize);
        Assert.Equal(("", 0), (tokenizer.Piece(399), tokenizer.Bytes(399).Length));
    }

    [Theory]
    [InlineData("""{"bos_token": "<nope>"}""", "bos_token: the token '<nope>' is not in the vocabulary")]
    [InlineData("""{"eos_token": 7}""", "eos_token: expected an object, found Number")]
    [InlineData("""{"eos_token": {"lstrip": true}}""", "eos_token: the property 'content' is missing")]
    [InlineData("""{"pad_token": [1]}""", "pad_token: expected an object, found Array")]
    [InlineData("""{"add_bos_token": true}""", "add_bos_token: the token to add is not named")]
    [InlineData("""{"add_eos_token": "yes"}""", "add_eos_token: expected true or false, found String")]
    [InlineData("""{"added_tokens_decoder": {"x": {"content": "a"}}}""", "added_tokens_decoder: 'x' is not an id")]
    [InlineData("""{"added_tokens_decoder": {"-1": {"content": "a"}}}""", "added_tokens_decoder: the id -1 is outside 0 to 1048575")]
    [InlineData(
        """{"added_tokens_decoder": {"1048576": {"content": "a"}}}""",
        "added_tokens_decoder: the id 1048576 is outside 0 to 1048575")]
    [InlineData("""{"added_tokens_decoder": {"400": {}}}""", "added_tokens_decoder: the property 'content' is missing")]
    [InlineData("""{"added_tokens_decoder": []}""", "added_tokens_decoder: expected an object, found Array")]
    [InlineData("[]", "the file holds no JSON object")]
    public void Load_BadConfig_IsRefused(string config, string reason)
    {
        var refusal = Assert.Throws<TokenizerLoadException>(() => TinyTokenizers.Load(Json, config));
        Assert.EndsWith($"tokenizer_config.json: {reason}", refusal.Message);
        Assert.EndsWith("tokenizer_config.json", refusal.File);
    }

    [Theory]
    [InlineData("""{"added_tokens_decoder": {"97": {"content": "<x>"}}}""", "the tokens 'a' and '<x>' share the id 97")]
    [InlineData("""{"added_tokens_decoder": {"400": {"content": "a"}}}""", "the token 'a' has the ids 97 and 400")]
    [InlineData("""{"added_tokens_decoder": {"400": {"content": "<|end|>"}}}""", "the added token '<|end|>' occurs twice")]
    public void Load_ConfigThatContradictsTheTokenizer_IsRefused(string config, string reason)
    {
        var refusal = Assert.Throws<TokenizerLoadException>(() => TinyTokenizers.Load(Json, config));
        Assert.EndsWith($"tokenizer.json: {reason}", refusal.Message);
    }
}
