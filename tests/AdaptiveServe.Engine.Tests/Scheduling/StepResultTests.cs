using AdaptiveServe.Engine.Scheduling;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Scheduling;

public class StepResultTests
{
    [Fact]
    public void Reset_AnyCount_MakesRoomAndForgetsTheLastStep()
    {
        var result = new StepResult();
        foreach (int count in new[] { 3, 0, 100, 5 })
        {
            result.Reset(count);
            Assert.Equal((count, count), (result.Tokens.Length, result.Entropies.Length));
            Assert.Equal((count, count), (result.Logprobs.Length, result.TopLogprobs.Length));
            Assert.Empty(result.PromptLogprobs);
            Assert.All(result.TopLogprobs.ToArray(), Assert.Null);
            for (int i = 0; i < count; i++) result.TopLogprobs[i] = [];
            result.AddPromptLogprobs(new Sequence([1], new SamplingParams()), 0, [], 0);
        }
    }
}
