using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Torch.Tests.Running;

public class GoldenTests
{
    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public async Task Generate_GreedyAlone_GivesGoldenIds(string name)
    {
        GoldenModel model = GoldenModel.Load(name);
        using InferenceEngine engine = model.Start();
        foreach (GoldenCase golden in model.Cases)
            Assert.Equal(golden.GreedyIds, await engine.GenerateAsync(new Sequence(golden.PromptIds, golden.Greedy())));
    }

    [Theory, MemberData(nameof(GoldenModel.Names), MemberType = typeof(GoldenModel))]
    public async Task Generate_PromptLogprobs_GiveGoldenLoss(string name)
    {
        GoldenModel model = GoldenModel.Load(name);
        using InferenceEngine engine = model.Start(engine: new EngineOptions { MaxSequences = 4, MaxBatchTokens = 7 });
        foreach (GoldenCase golden in model.Cases)
        {
            if (golden.PromptMeanNll is not { } expected) continue;
            var sequence = new Sequence(golden.PromptIds, new SamplingParams { MaxTokens = 0, PromptLogprobs = 0 });
            Assert.Empty(await engine.GenerateAsync(sequence));
            double nll = -sequence.PromptLogprobs.Skip(1).Average(token => (double)token[0].Logprob);
            Assert.Equal(expected, nll, 1e-4);
        }
    }
}
