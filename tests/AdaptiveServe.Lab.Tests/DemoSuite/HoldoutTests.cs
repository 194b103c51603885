using AdaptiveServe.Lab.DemoSuite;

namespace AdaptiveServe.Lab.Tests.DemoSuite;

public sealed class HoldoutTests
{
    /// <summary>Were these to change, trained models would have seen held-out questions; computed with hashlib.</summary>
    [Theory]
    [InlineData("addition", "What is 12+34?", 6)]
    [InlineData("copy", "copy: 1 2 3", 2)]
    public void Bucket_KnownQuestions_StaysTheSame(string task, string prompt, int expected) =>
        Assert.Equal(expected, Holdout.Bucket(task, prompt));

    [Fact]
    public void Bucket_ManyQuestions_AreSpreadEvenly()
    {
        int[] counts = new int[Holdout.Buckets];
        for (int i = 0; i < 16_000; i++) counts[Holdout.Bucket("task", $"question {i}")]++;
        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }
}
