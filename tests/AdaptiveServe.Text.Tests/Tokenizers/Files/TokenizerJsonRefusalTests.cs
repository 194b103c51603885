using System.Text.Json.Nodes;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Text.Tests.Tokenizers.Files;

/// <summary>
/// What a <c>tokenizer.json</c> may ask for and is not supported, and what makes no sense: one line names the file and the reason.
/// </summary>
public class TokenizerJsonRefusalTests
{
    [Theory]
    [InlineData("Unigram")]
    [InlineData("WordPiece")]
    [InlineData("WordLevel")]
    [InlineData("line\nbreak")]
    public void Load_ModelType_IsRefused(string type) => Refused(
        json => json["model"]!["type"] = type, $"model: the model type '{type.Replace("\n", "\\u000a")}' is not supported; BPE is");

    [Theory]
    [InlineData("model", "dropout", "0.1", "model.dropout: dropout is not supported")]
    [InlineData("model", "continuing_subword_prefix", "\"##\"", "model.continuing_subword_prefix: is not supported")]
    [InlineData("model", "end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix: is not supported")]
    [InlineData("model", "unk_token", "\"<nope>\"", "model.unk_token: the piece '<nope>' is not in the vocabulary")]
    [InlineData("model", "ignore_merges", "1", "model.ignore_merges: expected true or false, found Number")]
    [InlineData("model", "vocab", "null", "model: the property 'vocab' is missing")]
    [InlineData("model", "vocab", "{}", "model.vocab: the vocabulary is empty")]
    [InlineData("model", "vocab", "[\"a\"]", "model.vocab: expected an object, found Array")]
    [InlineData("model", "vocab", """{"": 0}""", "model.vocab: a piece is empty")]
    [InlineData("model", "vocab", """{"a": -1}""", "model.vocab: the piece 'a' has the id -1, outside 0 to 1048575")]
    [InlineData("model", "vocab", """{"a": 1048576}""", "model.vocab: the piece 'a' has the id 1048576, outside 0 to 1048575")]
    [InlineData("model", "vocab", """{"a": 4294967296}""", "model.vocab: expected a whole number, found Number")]
    [InlineData("model", "vocab", """{"a": 0.5}""", "model.vocab: expected a whole number, found Number")]
    [InlineData("model", "vocab", """{"a": 1, "b": 1}""", "model.vocab: the pieces 'a' and 'b' share the id 1")]
    [InlineData("model", "vocab", """{"a": 1}""", "model.merges[0]: the piece 'h' is not in the vocabulary")]
    [InlineData("model", "merges", """["h e", "e h"]""", "model.merges[1]: the piece 'eh' is not in the vocabulary")]
    [InlineData("model", "merges", """["h e", "h é"]""", "model.merges[1]: the piece 'hé' is not in the vocabulary")]
    [InlineData("model", "merges", """["h e", "h e"]""", "model.merges[1]: the merge of 'h' and 'e' occurs twice")]
    [InlineData("model", "merges", """["he"]""", "model.merges[0]: expected two pieces without spaces")]
    [InlineData("model", "merges", """["h e l"]""", "model.merges[0]: expected two pieces without spaces")]
    [InlineData("model", "merges", """[["h", ""]]""", "model.merges[0]: expected two pieces without spaces")]
    [InlineData("model", "merges", """[["h", " e"]]""", "model.merges[0]: expected two pieces without spaces")]
    [InlineData("model", "merges", """[["h"]]""", "model.merges[0]: expected two pieces without spaces")]
    [InlineData("model", "merges", "[7]", "model.merges[0]: expected an array, found Number")]
    [InlineData("model", "merges", "{}", "model.merges: expected an array, found Object")]
    [InlineData("", "model", "null", "the property 'model' is missing")]
    [InlineData("", "decoder", "null", "the property 'decoder' is missing")]
    [InlineData("", "decoder", """{"type": "WordPiece"}""", "decoder: the decoder 'WordPiece' is not supported")]
    [InlineData("", "decoder", """{"type": "Metaspace"}""", "decoder: the decoder 'Metaspace' is not supported")]
    [InlineData("", "decoder", """{"type": "CTC"}""", "decoder: the decoder 'CTC' is not supported")]
    [InlineData(
        "", "decoder", """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "BPEDecoder"}]}""",
        "decoder.decoders[1]: the decoder 'BPEDecoder' is not supported")]
    [InlineData("", "decoder", """{"type": "Fuse"}""", "decoder: pre_tokenizer and decoder differ about ByteLevel")]
    [InlineData(
        "", "decoder", """{"type": "Sequence", "decoders": [{"type": "ByteLevel"}, {"type": "ByteFallback"}]}""",
        "decoder: steps beside ByteLevel are not supported")]
    [InlineData(
        "",
        "decoder",
        """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 0, "stop": 1}]}""",
        "decoder.decoders[1]: only one space at the start can be stripped")]
    [InlineData(
        "",
        "decoder",
        """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": "_", "start": 1, "stop": 0}]}""",
        "decoder.decoders[1]: only one space at the start can be stripped")]
    [InlineData("", "decoder", """{"type": "Strip"}""", "decoder: the decoder 'Strip' is not supported in this place")]
    [InlineData(
        "", "decoder", """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Replace"}]}""",
        "decoder.decoders[1]: the decoder 'Replace' is not supported in this place")]
    [InlineData(
        "", "decoder", """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "ByteFallback"}]}""",
        "decoder.decoders[1]: the decoder 'ByteFallback' is not supported in this place")]
    [InlineData(
        "", "decoder", """{"type": "Replace", "pattern": {"Regex": "a"}, "content": "b"}""",
        "decoder.pattern: only a pattern of the kind String is supported")]
    [InlineData(
        "", "decoder", """{"type": "Replace", "pattern": {"String": ""}, "content": "b"}""",
        "decoder.pattern.String: the string is empty")]
    [InlineData("", "decoder", "{}", "decoder: the property 'type' is missing")]
    [InlineData("", "normalizer", """{"type": "NFKC"}""", "normalizer: the normalizer 'NFKC' is not supported")]
    [InlineData("", "normalizer", """{"type": "Lowercase"}""", "normalizer: the normalizer 'Lowercase' is not supported")]
    [InlineData(
        "", "normalizer", """{"type": "Precompiled", "precompiled_charsmap": "AA=="}""",
        "normalizer: the normalizer 'Precompiled' is not supported")]
    [InlineData(
        "", "normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Strip"}]}""",
        "normalizer.normalizers[1]: the normalizer 'Strip' is not supported")]
    [InlineData("", "normalizer", """{"type": "Sequence"}""", "normalizer: the property 'normalizers' is missing")]
    [InlineData(
        "", "normalizer", """{"type": "Replace", "pattern": {"Regex": "a"}, "content": ""}""",
        "normalizer.pattern: only a pattern of the kind String is supported")]
    [InlineData("", "normalizer", "\"NFC\"", "normalizer: expected an object, found String")]
    [InlineData(
        "", "pre_tokenizer", """{"type": "Whitespace"}""",
        "pre_tokenizer: the pre-tokenizer 'Whitespace' is not supported where ByteLevel does not follow it")]
    [InlineData(
        "", "pre_tokenizer", """{"type": "BertPreTokenizer"}""",
        "pre_tokenizer: the pre-tokenizer 'BertPreTokenizer' is not supported where ByteLevel does not follow it")]
    [InlineData(
        "", "pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "Punctuation"}, {"type": "ByteLevel"}]}""",
        "pre_tokenizer.pretokenizers[0]: the pre-tokenizer 'Punctuation' is not supported")]
    [InlineData(
        "", "pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "Metaspace", "replacement": "▁"}, {"type": "Digits"}]}""",
        "pre_tokenizer.pretokenizers[1]: the pre-tokenizer 'Digits' is not supported where ByteLevel does not follow it")]
    [InlineData(
        "", "pre_tokenizer", """{"type": "ByteLevel", "add_prefix_space": true}""",
        "pre_tokenizer: add_prefix_space is not supported")]
    [InlineData(
        "", "pre_tokenizer", """{"type": "Metaspace", "replacement": "__"}""",
        "pre_tokenizer: the replacement is not one character")]
    [InlineData(
        "", "pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "last"}""",
        "pre_tokenizer: the prepend_scheme 'last' is not supported")]
    [InlineData(
        "", "post_processor", """{"type": "BertProcessing"}""",
        "post_processor: the post-processor 'BertProcessing' is not supported")]
    [InlineData(
        "", "post_processor", """{"type": "RobertaProcessing"}""",
        "post_processor: the post-processor 'RobertaProcessing' is not supported")]
    [InlineData(
        "", "post_processor", """{"type": "TemplateProcessing", "single": []}""",
        "post_processor: the template 'single' holds 0 texts")]
    [InlineData(
        "", "post_processor", """{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}}, {"Sequence": {"id": "A"}}]}""",
        "post_processor: the template 'single' holds 2 texts")]
    [InlineData(
        "", "post_processor", """{"type": "TemplateProcessing", "single": [{"Text": {}}]}""",
        "post_processor.single[0]: expected SpecialToken or Sequence")]
    [InlineData(
        "", "post_processor", """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}]}""",
        "post_processor: the property 'special_tokens' is missing")]
    [InlineData("", "added_tokens", "{}", "added_tokens: expected an array, found Object")]
    [InlineData("", "added_tokens", """[{"content": "x"}]""", "added_tokens[0]: the property 'id' is missing")]
    [InlineData("", "added_tokens", """[{"id": 999}]""", "added_tokens[0]: the property 'content' is missing")]
    [InlineData("", "added_tokens", """[{"id": 999, "content": ""}]""", "added_tokens[0]: the content is empty")]
    [InlineData("", "added_tokens", """[{"id": -1, "content": "x"}]""", "added_tokens[0]: the id -1 is outside 0 to 1048575")]
    [InlineData(
        "", "added_tokens", """[{"id": 2147483647, "content": "x"}]""",
        "added_tokens[0]: the id 2147483647 is outside 0 to 1048575")]
    [InlineData(
        "", "added_tokens", """[{"id": 999, "content": "x", "special": 1}]""",
        "added_tokens[0].special: expected true or false, found Number")]
    [InlineData("", "added_tokens", """[{"id": 999, "content": "\ud800"}]""", "added_tokens[0].content: a string is not valid Unicode")]
    [InlineData("", "decoder", """{"typ\ud800": 1}""", "decoder: a string is not valid Unicode")]
    [InlineData("model", "vocab", """{"\ud800": 1}""", "model.vocab: a string is not valid Unicode")]
    public void Load_Property_IsRefused(string parent, string name, string value, string reason) => RefusedText(
        TinyTokenizers.ByteLevel(),
        json => (parent.Length == 0 ? json : json[parent]!.AsObject())[name] = "(here)",
        text => text.Replace("\"(here)\"", value),
        reason);

    [Theory]
    [InlineData("""[{"id": 900, "content": "x"}]""", "the token 'x' has the ids 120 and 900")]
    [InlineData("""[{"id": 120, "content": "y"}]""", "the tokens 'x' and 'y' share the id 120")]
    [InlineData("""[{"id": 900, "content": "<x>"}, {"id": 900, "content": "<y>"}]""", "the tokens '<x>' and '<y>' share the id 900")]
    [InlineData("""[{"id": 900, "content": "<x>"}, {"id": 901, "content": "<x>"}]""", "the added token '<x>' occurs twice")]
    public void Load_TokensThatContradictEachOther_AreRefused(string tokens, string reason) => RefusedText(
        TinyTokenizers.ByteLevel(),
        json =>
        {
            json["post_processor"] = null;
            json["added_tokens"] = "(here)";
        },
        text => text.Replace("\"(here)\"", tokens),
        reason);

    [Fact]
    public void Load_MissingByte_IsRefused() => Refused(
        json =>
        {
            json["model"]!["merges"] = new JsonArray();
            json["model"]!["vocab"]!.AsObject().Remove("Ā");
        },
        "the vocabulary has no piece for the byte 0x00");

    [Fact]
    public void Load_TemplateWithUnknownId_IsRefused() => Refused(
        json => json["post_processor"] = TokenizerParts.Template(("x", 5000)),
        "post_processor.special_tokens.x.ids[0]: there is no token with the id 5000");

    [Fact]
    public void Load_TemplateWithUnknownName_IsRefused() => Refused(
        json =>
        {
            json["post_processor"] = TokenizerParts.Template(("x", 1));
            json["post_processor"]!["special_tokens"] = new JsonObject();
        },
        "post_processor.special_tokens: the property 'x' is missing");

    [Fact]
    public void Load_EndlessTemplate_IsRefused() => Refused(
        json => json["post_processor"] = TokenizerParts.Template([.. Enumerable.Range(0, 65).Select(id => ($"{id}", id))]),
        "post_processor: it puts more than 64 tokens around a text");

    [Fact]
    public void Load_TooManySteps_IsRefused() => Refused(
        json => json["normalizer"] = TokenizerParts.Sequence(
            "normalizers", [.. Enumerable.Range(0, 33).Select(_ => TokenizerParts.Replace("a", "b"))]),
        "normalizer: it has more than 32 steps");

    [Fact]
    public void Load_ReplacementsThatBlowUp_AreRefused() => Refused(
        json => json["normalizer"] = TokenizerParts.Sequence(
            "normalizers", [.. Enumerable.Range(0, 20).Select(_ => TokenizerParts.Replace("a", "aa"))]),
        "normalizer.normalizers[6]: a text may become more than 64 times as long, which is not supported");

    [Fact]
    public void Load_EndlessPrefix_IsRefused() => Refused(
        json => json["normalizer"] = new JsonObject { ["type"] = "Prepend", ["prepend"] = new string('x', 64) },
        "normalizer: a text may become more than 64 times as long, which is not supported");

    [Theory]
    [InlineData("(a", "the pattern is not supported: Invalid pattern '(a' at offset 2. Not enough )'s.")]
    [InlineData(@"\p{Nope}", @"the pattern is not supported: Invalid pattern '\p{Nope}' at offset 8. Unknown property 'Nope'.")]
    [InlineData(@"\p{Han}+", @"the pattern is not supported: Invalid pattern '\p{Han}+' at offset 7. Unknown property 'Han'.")]
    public void Load_PatternThatDotNetLacks_IsRefused(string pattern, string reason) => Refused(
        json => json["pre_tokenizer"]!["pretokenizers"]![0] = TokenizerParts.Split(pattern),
        $"pre_tokenizer.pretokenizers[0].pattern.Regex: {reason}");

    [Fact]
    public void Load_EndlessPattern_IsRefused() => Refused(
        json => json["pre_tokenizer"]!["pretokenizers"]![0] = TokenizerParts.Split(new string('a', 8193)),
        "pre_tokenizer.pretokenizers[0].pattern.Regex: the pattern has 8193 characters; 8192 are accepted");

    [Theory]
    [InlineData("MergedWithPrevious", false)]
    [InlineData("MergedWithNext", false)]
    [InlineData("Contiguous", false)]
    [InlineData("Removed", false)]
    public void Load_SplitBehavior_IsRefused(string behavior, bool invert) => Refused(
        json => json["pre_tokenizer"]!["pretokenizers"]![0] = TokenizerParts.Split("a", behavior, invert),
        $"pre_tokenizer.pretokenizers[0]: the behavior '{behavior}' with invert {invert} is not supported");

    [Fact]
    public void Load_SplitByString_IsRefused() => Refused(
        json => json["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"] = new JsonObject { ["String"] = " " },
        "pre_tokenizer.pretokenizers[0]: only a pattern of the kind Regex is supported");

    [Fact]
    public void Load_IgnoreMergesOfCharacters_IsRefused() => RefusedText(
        TinyTokenizers.Characters(),
        json => json["model"]!["ignore_merges"] = true,
        text => text,
        "ignore_merges without ByteLevel is not supported");

    [Fact]
    public void Load_DecoderWithoutByteFallback_IsRefused() => RefusedText(
        TinyTokenizers.Characters(),
        json => json["model"]!["byte_fallback"] = false,
        text => text,
        "decoder: model and decoder differ about byte fallback");

    [Fact]
    public void Load_RepeatedPiece_IsRefused() => RefusedText(
        TinyTokenizers.ByteLevel(),
        _ => { },
        text => text.Replace("\"a\":97", "\"a\":97,\"a\":98"),
        "model.vocab: the piece 'a' occurs twice");

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"model\": }")]
    [InlineData("not json\nat all")]
    public void Load_NoJson_IsRefused(string content)
    {
        TokenizerLoadException refusal = Refusal(content);
        Assert.Contains("tokenizer.json: the file is not valid JSON: ", refusal.Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    public void Load_NoObject_IsRefused(string content) =>
        Assert.EndsWith("tokenizer.json: the file holds no JSON object", Refusal(content).Message);

    [Fact]
    public void Load_DeepJson_IsRefused()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"model\":", 100_000)) + "1" + new string('}', 100_000);
        Assert.Contains("the file is not valid JSON", Refusal(deep).Message);
    }

    [Fact]
    public void Load_NoFile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var refusal = Assert.Throws<TokenizerLoadException>(() => TokenizerLoader.Load(folder.Path));
        Assert.Equal($"{folder.Path}: the folder holds neither tokenizer.json nor tokenizer.model", refusal.Message);
        Assert.Equal(folder.Path, refusal.File);
    }

    private static void Refused(Action<JsonObject> change, string reason) =>
        RefusedText(TinyTokenizers.ByteLevel(), change, text => text, reason);

    private static void RefusedText(JsonObject json, Action<JsonObject> change, Func<string, string> changeText, string reason)
    {
        change(json);
        TokenizerLoadException refusal = Refusal(changeText(json.ToJsonString()));
        Assert.Equal($"{refusal.File}: {reason}", refusal.Message);
    }

    private static TokenizerLoadException Refusal(string content)
    {
        using TemporaryFolder folder = new TemporaryFolder().With("tokenizer.json", content);
        var refusal = Assert.Throws<TokenizerLoadException>(() => TokenizerLoader.Load(folder.Path));
        Assert.Equal(folder.File("tokenizer.json"), refusal.File);
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal;
    }
}
