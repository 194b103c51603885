using AdaptiveServe.Lab.Training.Tokenizer;

namespace AdaptiveServe.Lab.Tests.Training.Tokenizer;

public class BpeTrainingOptionsTests
{
    [Theory]
    [InlineData(261)]
    [InlineData(4097)]
    [InlineData(-1)]
    public void Validate_VocabularyOutOfRange_IsRefused(int size)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => BpeTrainer.Train(["a"], new() { VocabularySize = size }));

        Assert.Equal($"the vocabulary holds 262 to 4096 tokens, not {size}", exception.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a b")]
    [InlineData("Ġthe")]
    public void Validate_SpecialTokenThatCouldBeLearned_IsRefused(string token) => Assert.Contains(
        "special token", Refusal(new() { VocabularySize = 300, SpecialTokens = [token] }));

    [Fact]
    public void Validate_OtherFaults_AreRefused()
    {
        Assert.Contains("twice", Refusal(new() { VocabularySize = 300, SpecialTokens = ["<a>", "<a>"] }));
        Assert.Contains("frequency", Refusal(new() { VocabularySize = 300, MinFrequency = 0 }));
        Assert.Contains(@"'\w'", Refusal(new() { VocabularySize = 300, Pattern = @"\w+" }));
        Assert.Throws<System.Text.RegularExpressions.RegexParseException>(
            () => BpeTrainer.Train([], new() { VocabularySize = 300, Pattern = "(" }));
    }

    private static string Refusal(BpeTrainingOptions options) => Assert.Throws<ArgumentException>(options.Validate).Message;
}
