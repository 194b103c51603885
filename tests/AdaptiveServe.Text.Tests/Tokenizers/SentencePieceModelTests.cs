using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;
using CsCheck;

namespace AdaptiveServe.Text.Tests.Tokenizers;

public class SentencePieceModelTests
{
    [Fact]
    public void Encode_AnyText_GivesTheIdsOfTheSameTokenizerJson()
    {
        TextTokenizer model = TinyTokenizers.Load("model"), json = TinyTokenizers.Load("characters");
        Property.Check(Texts.AnyOrBroken, text => Assert.Equal(json.Encode(text), model.Encode(text)), cases: 1000);
    }

    [Fact]
    public void Decode_AnyIds_GivesTheTextOfTheSameTokenizerJson()
    {
        TextTokenizer model = TinyTokenizers.Load("model"), json = TinyTokenizers.Load("characters");
        Gen<int[]> ids = Gen.Int[-1, json.VocabularySize].Array[0, 30];
        Property.Check(ids, value => Assert.Equal(json.Decode(value), model.Decode(value)), cases: 1000);
    }

    [Fact]
    public void Properties_NoConfig_ComeFromTheFile()
    {
        SentencePieceWriter writer = TinyTokenizers.Model();
        writer.PadId = 0;
        TextTokenizer tokenizer = TinyTokenizers.LoadModel(writer);
        Assert.Equal((1, 2), (tokenizer.BosId, tokenizer.EosId));
        Assert.Equal(("<s>", "</s>"), (tokenizer.BosToken, tokenizer.EosToken));
        Assert.Equal(("<unk>", "<unk>"), (tokenizer.UnknownToken, tokenizer.PadToken));
        Assert.Equal([1], tokenizer.Prefix);
    }

    [Theory]
    [InlineData("{}", new[] { "▁the", "</s>", "▁the" })]
    [InlineData("""{"legacy": true}""", new[] { "▁the", "</s>", "▁the" })]
    [InlineData("""{"legacy": false}""", new[] { "▁the", "</s>", "the" })]
    [InlineData("""{"add_prefix_space": false}""", new[] { "the", "</s>", "the" })]
    [InlineData("""{"add_prefix_space": false, "legacy": false}""", new[] { "the", "</s>", "the" })]
    [InlineData("""{"add_prefix_space": null, "legacy": null}""", new[] { "▁the", "</s>", "▁the" })]
    public void Encode_Config_DecidesWhereASpaceIsPut(string config, string[] pieces) =>
        Assert.Equal(pieces, TinyTokenizers.LoadModel(TinyTokenizers.Model(), config).Pieces("the</s>the"));

    [Fact]
    public void Encode_UserDefinedPiece_IsFoundInTheText()
    {
        SentencePieceWriter writer = TinyTokenizers.Model().Add("<fim>", type: SentencePieceWriter.UserDefined);
        TextTokenizer tokenizer = TinyTokenizers.LoadModel(writer);
        Assert.Equal(["▁the", "<fim>", "▁the"], tokenizer.Pieces("the<fim>the"));
        Assert.False(tokenizer.IsSpecial(tokenizer.Id("<fim>")));
    }

    [Fact]
    public void Encode_PieceWithASpace_NeverArisesFromMerging()
    {
        SentencePieceWriter writer = TinyTokenizers.Model().Add(" ").Add("a ", score: 1).Add("a b", score: 2);
        Assert.Equal(["▁", "a", "▁", "b"], TinyTokenizers.LoadModel(writer).Pieces("a b"));
    }

    [Fact]
    public void Load_ModelOfAnotherKind_IsRefused() => Refused(
        writer => writer.ModelType = 1, "the model type is not BPE, which alone is supported");

    [Fact]
    public void Load_NormalizerThatChangesCharacters_IsRefused() => Refused(
        writer => writer.CharacterMap = [1, 2, 3], "its normalizer changes characters, which is not supported");

    [Fact]
    public void Load_SpaceAsSuffix_IsRefused() =>
        Refused(writer => writer.SpaceIsSuffix = true, "treat_whitespace_as_suffix is not supported");

    [Fact]
    public void Load_RepeatedPiece_IsRefused() => Refused(writer => writer.Add("the"), "the piece 'the' occurs twice");

    [Fact]
    public void Load_EmptyPiece_IsRefused() => Refused(writer => writer.Add(""), "a piece has 0 characters; 1 to 256 are accepted");

    [Fact]
    public void Load_EndlessPiece_IsRefused() =>
        Refused(writer => writer.Add(new string('x', 257)), "a piece has 257 characters; 1 to 256 are accepted");

    [Fact]
    public void Load_ByteFallbackWithoutBytes_IsRefused()
    {
        var writer = new SentencePieceWriter { FallsBackToBytes = true };
        var refusal = Assert.Throws<TokenizerLoadException>(() => TinyTokenizers.LoadModel(writer.Add("a")));
        Assert.EndsWith("tokenizer.model: byte_fallback is set, but the piece <0x00> is missing", refusal.Message);
    }

    [Fact]
    public void Load_NeitherBytesNorUnknown_IsRefused()
    {
        var refusal = Assert.Throws<TokenizerLoadException>(() => TinyTokenizers.LoadModel(new SentencePieceWriter().Add("a")));
        Assert.EndsWith("tokenizer.model: there is neither byte_fallback nor an unk_token", refusal.Message);
    }

    [Fact]
    public void Load_CutFile_IsRefusedOrAnEarlierEnd()
    {
        byte[] whole = TinyTokenizers.Model().ToArray();
        using var folder = new TemporaryFolder();
        for (int length = 0; length < whole.Length; length += 11)
        {
            File.WriteAllBytes(folder.File("tokenizer.model"), whole[..length]);
            Exception? thrown = Record.Exception(() => TokenizerLoader.Load(folder.Path));
            if (thrown is not null)
                Assert.StartsWith(folder.File("tokenizer.model") + ": ", Assert.IsType<TokenizerLoadException>(thrown).Message);
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F })] // a length of 4 GB
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })] // a number without an end
    [InlineData(new byte[] { 0x0B })] // a group
    [InlineData(new byte[] { 0x00 })] // field 0
    [InlineData(new byte[] { 0x0A, 0x04, 0x0A, 0x02, 0xC3, 0x28 })] // a piece that is no UTF-8
    [InlineData(new byte[] { 0x08, 0x01 })] // pieces that are a number
    public void Load_MalformedFile_IsRefused(byte[] content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("tokenizer.model"), content);
        var refusal = Assert.Throws<TokenizerLoadException>(() => TokenizerLoader.Load(folder.Path));
        Assert.StartsWith($"{folder.File("tokenizer.model")}: ", refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static void Refused(Action<SentencePieceWriter> change, string reason)
    {
        SentencePieceWriter writer = TinyTokenizers.Model();
        change(writer);
        var refusal = Assert.Throws<TokenizerLoadException>(() => TinyTokenizers.LoadModel(writer));
        Assert.EndsWith($"tokenizer.model: {reason}", refusal.Message);
    }
}
