using System.Diagnostics;
using AdaptiveServe.Lab.Training.Tokenizer;
using AdaptiveServe.Tests;
using CsCheck;

namespace AdaptiveServe.Lab.Tests.Training.Tokenizer;

public class BpeTrainerTests
{
    private static readonly int Start = DemoTokens.All.Count + BpeTrainingOptions.Letters;

    [Fact]
    public void Train_SmallTexts_GivesTheMergesCountedByHand()
    {
        // hug 10, pug 5, pun 12, bun 4, hugs 5, each a word of its own: "ug" 20, "un" 16, "hug" 15, and then "pun" 12.
        string[] texts = Repeat(("hug", 10), ("pug", 5), ("pun", 12), ("bun", 4), ("hugs", 5));

        TrainedTokenizer tokenizer = BpeTrainer.Train(texts, new() { VocabularySize = Start + 4 });

        Assert.Equal(["u g", "u n", "h ug", "p un"], Spelled(tokenizer));
        Assert.Equal(["ug", "un", "hug", "pun"], tokenizer.Pieces.Skip(Start));
    }

    [Fact]
    public void Train_EqualCounts_TakesTheLowerIdsFirst()
    {
        TrainedTokenizer tokenizer = BpeTrainer.Train(Repeat(("zy", 3), ("ba", 3), ("bc", 3)), new() { VocabularySize = Start + 3 });

        Assert.Equal(["b a", "b c", "z y"], Spelled(tokenizer));
    }

    [Fact]
    public void Train_OverlappingPairs_MergesFromTheLeft()
    {
        TrainedTokenizer tokenizer = BpeTrainer.Train(["aaaaa"], new() { VocabularySize = 400, MinFrequency = 1 });

        Assert.Equal(["a a", "aa a", "aa aaa"], Spelled(tokenizer)); // aa aa a: a tie of (aa, a) and (aa, aa), which the lower id wins
    }

    [Fact]
    public void Train_FewPairs_GivesFewerTokensThanAskedFor()
    {
        TrainedTokenizer tokenizer = BpeTrainer.Train(["ab ab ab"], new() { VocabularySize = 4096 });

        Assert.Equal(["a b", "Ġ ab"], Spelled(tokenizer));
        Assert.Equal(Start + 2, tokenizer.VocabularySize);
        Assert.Equal(Start, BpeTrainer.Train([], new() { VocabularySize = 4096 }).VocabularySize);
    }

    [Fact]
    public void Train_RarePairs_LeavesThem()
    {
        TrainedTokenizer tokenizer = BpeTrainer.Train(Repeat(("ab", 5), ("cd", 4)), new() { VocabularySize = 4096, MinFrequency = 5 });

        Assert.Equal(["a b"], Spelled(tokenizer));
    }

    [Fact]
    public void Train_SpecialTokensInTexts_AreNeitherLearnedNorReachedAcross()
    {
        TrainedTokenizer tokenizer = BpeTrainer.Train(Repeat(("a<|end|>b<|nd|>", 9)), new() { VocabularySize = 4096 });

        Assert.DoesNotContain(tokenizer.Pieces.Skip(Start), piece => piece.Contains("end") || piece.Contains("ab"));
        Assert.Contains("nd", tokenizer.Pieces);
    }

    [Fact]
    public void Train_RandomTexts_GivesTheMergesOfTheDefinition()
    {
        Property.Check(Gen.Select(TrainingTexts.FewLetters, Gen.Int[Start, Start + 60], Gen.Int[1, 3]), (drawn) =>
        {
            (string[] texts, int size, int minFrequency) = drawn;
            BpeTrainingOptions options = new() { VocabularySize = size, MinFrequency = minFrequency };
            TrainedTokenizer tokenizer = BpeTrainer.Train(texts, options);
            Assert.Equal(NaiveBpeTrainer.Merges(texts, options), Spelled(tokenizer));
            Assert.InRange(tokenizer.VocabularySize, Start, size);
            Assert.Equal(tokenizer.VocabularySize, tokenizer.Pieces.Distinct().Count());
        }, cases: 300);
    }

    [Fact]
    public void Train_OneWordOfRuns_GivesTheMergesOfTheDefinition()
    {
        BpeTrainingOptions options = new() { VocabularySize = Start + 60, MinFrequency = 1, Pattern = @"\S+|\s+" };
        Property.Check(Gen.Int[1, 12].Array[1, 20], runs =>
        {
            string[] texts = [string.Join('b', runs.Select(run => new string('a', run)))];
            Assert.Equal(NaiveBpeTrainer.Merges(texts, options), Spelled(BpeTrainer.Train(texts, options)));
        }, cases: 300);
    }

    [Fact]
    public void Train_SameTextsInAnotherOrder_GivesTheSameTokenizer()
    {
        BpeTrainingOptions options = new() { VocabularySize = 400 };

        TrainedTokenizer first = BpeTrainer.Train(TrainingTexts.English, options);
        TrainedTokenizer second = BpeTrainer.Train(TrainingTexts.English.Reverse(), options);

        Assert.Equal(first.Merges, second.Merges);
        Assert.Equal(first.Pieces, second.Pieces);
        Assert.True(first.Merges.Count > 20);
    }

    [Fact]
    public void Train_TwoMegabytes_TakesSeconds()
    {
        var random = new Random(7);
        string[] words = [.. Enumerable.Range(0, 30_000).Select(_ => new string([.. Enumerable.Range(0, random.Next(2, 11))
            .Select(_ => (char)('a' + (int)(26 * random.NextDouble() * random.NextDouble())))]))];
        string[] texts = [.. Enumerable.Range(0, 700).Select(_ => string.Join(' ', Enumerable.Range(0, 450)
            .Select(_ => words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))])))];

        var clock = Stopwatch.StartNew();
        TrainedTokenizer tokenizer = BpeTrainer.Train(texts, new() { VocabularySize = 4096 });

        TestContext.Current.TestOutputHelper?.WriteLine($"{texts.Sum(text => text.Length)} characters: {clock.Elapsed}");
        Assert.Equal(4096, tokenizer.VocabularySize);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1)); // counting anew for each merge would take many
    }

    internal static string[] Spelled(TrainedTokenizer tokenizer) =>
        [.. tokenizer.Merges.Select(merge => $"{tokenizer.Pieces[merge.Left]} {tokenizer.Pieces[merge.Right]}")];

    private static string[] Repeat(params (string Text, int Times)[] texts) =>
        [.. texts.SelectMany(text => Enumerable.Repeat(text.Text, text.Times))];
}
