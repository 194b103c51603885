using AdaptiveServe.Lab.Benchmarks.Workload;

namespace AdaptiveServe.Lab.Tests.Benchmarks.Workload;

public class SyntheticPromptsTests
{
    [Fact]
    public void Get_Tokens_IsThatManyWords() => Assert.Equal(50, new SyntheticPrompts(1).Get(3, 50).Text!.Split(' ').Length);

    [Fact]
    public void Get_SameSeedAndIndex_IsTheSame() => Assert.Equal(new SyntheticPrompts(1).Get(3, 50), new SyntheticPrompts(1).Get(3, 50));

    [Fact]
    public void Get_OthersOfARun_Differ()
    {
        SyntheticPrompts prompts = new(1);
        Assert.Equal(200, Enumerable.Range(-100, 200).Select(index => prompts.Get(index, 16).Text).Distinct().Count());
    }
}
