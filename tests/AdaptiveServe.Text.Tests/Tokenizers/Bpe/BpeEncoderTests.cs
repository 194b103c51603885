using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Text.Tokenizers.Bpe;
using CsCheck;

namespace AdaptiveServe.Text.Tests.Tokenizers.Bpe;

public class BpeEncoderTests
{
    [Theory, MemberData(nameof(TinyTokenizers.Names), MemberType = typeof(TinyTokenizers))]
    public void Encode_AnyWord_IsTheSameForShortAndLongWords(string name) =>
        SameForShortAndLongWords(TinyTokenizers.Load(name), cases: 2000);

    [Theory, MemberData(nameof(PublishedTokenizers.Names), MemberType = typeof(PublishedTokenizers))]
    public void Encode_AnyWordOfAPublishedTokenizer_IsTheSameForShortAndLongWords(string name) =>
        SameForShortAndLongWords(PublishedTokenizers.Get(name), cases: 300);

    /// <summary>
    /// The definition: of all neighbours that can merge, the pair of the lowest rank, the leftmost first, until none can.
    /// </summary>
    [Theory, MemberData(nameof(TinyTokenizers.Names), MemberType = typeof(TinyTokenizers))]
    public void Encode_AnyWord_FollowsTheDefinition(string name)
    {
        TokenizerDefinition definition = TinyTokenizers.Load(name).Definition;
        var encoder = new BpeEncoder(definition);
        Property.Check(Words(definition), word => Assert.Equal(Define(word, definition), Encode(encoder, word)), cases: 500);
    }

    [Fact]
    public void Encode_CharacterOutsideTheVocabulary_IsRefused()
    {
        var encoder = new BpeEncoder(TinyTokenizers.Load("characters").Definition);
        Assert.Throws<ArgumentException>(() => encoder.EncodeAsLongWord("Ж", []));
    }

    private static void SameForShortAndLongWords(TextTokenizer tokenizer, int cases)
    {
        var encoder = new BpeEncoder(tokenizer.Definition with { IgnoreMerges = false });
        Property.Check(Words(tokenizer.Definition), word =>
        {
            List<int> asLongWord = [];
            encoder.EncodeAsLongWord(word, asLongWord);
            Assert.Equal(asLongWord, Encode(encoder, word));
        }, cases);
    }

    /// <summary>Joined pieces, so that there is much to merge, cut to a short word.</summary>
    private static Gen<string> Words(TokenizerDefinition definition)
    {
        bool isByteLevel = definition.ByteLevelWords is not null;
        IEnumerable<string> words = definition.Vocabulary.Ids.Keys.Where(piece => isByteLevel || !piece.StartsWith('<'));
        string[] pieces = [.. words.Where(piece => IsSpelt(piece, definition)).Order(StringComparer.Ordinal)];
        return Gen.Int[0, pieces.Length - 1].Array[1, 40].Select(indices => Cut(string.Concat(indices.Select(index => pieces[index]))));

        static string Cut(string word)
        {
            int length = Math.Min(word.Length, BpeEncoder.MaxShortWord);
            return char.IsHighSurrogate(word[length - 1]) ? word[..(length - 1)] + "a" : word[..length];
        }
    }

    private static bool IsSpelt(string piece, TokenizerDefinition definition) =>
        piece.EnumerateRunes().All(rune => definition.Vocabulary.Find(rune.ToString()) is not null);

    private static List<int> Encode(BpeEncoder encoder, string word)
    {
        List<int> ids = [];
        encoder.Encode(word, ids);
        return ids;
    }

    private static List<int> Define(string word, TokenizerDefinition definition)
    {
        List<int> ids = [.. word.EnumerateRunes().Select(rune => definition.Vocabulary.Find(rune.ToString())!.Value)];
        while (true)
        {
            (int Rank, int At) best = (int.MaxValue, -1);
            for (int i = 0; i + 1 < ids.Count; i++)
            {
                int rank = Rank(ids[i], ids[i + 1], definition);
                if (rank < best.Rank) best = (rank, i);
            }

            if (best.At < 0) return ids;
            ids[best.At] = definition.Merges[best.Rank].Result;
            ids.RemoveAt(best.At + 1);
        }
    }

    private static int Rank(int left, int right, TokenizerDefinition definition)
    {
        for (int rank = 0; rank < definition.Merges.Count; rank++)
            if (definition.Merges[rank].Left == left && definition.Merges[rank].Right == right) return rank;
        return int.MaxValue;
    }
}
