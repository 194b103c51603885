using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Tests.Compute;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Running;

[Collection(nameof(ProcessMemoryCollection))]
public class TensorLeakTests
{
    [Theory, InlineData("auto"), InlineData("libtorch"), InlineData("recorded")]
    public Task Execute_ManyRequests_NoTensorStays(string backend) => RunManyAsync(options => options.Choose(backend));

    internal static async Task RunManyAsync(Action<TorchRunnerOptions> configure)
    {
        using var model = new TinyModel(Configs.With(Configs.Mistral, ("sliding_window", "9")));
        using InferenceEngine engine = new GoldenModel(model.Folder, []).Start(configure);
        long before = 0;
        for (int i = 0; i < 220; i++)
        {
            if (i == 20) before = torch.Tensor.TotalCount; // what is made once is made by now
            var sampling = new SamplingParams { MaxTokens = 6, Temperature = i % 2, Logprobs = i % 3, PromptLogprobs = i % 5 == 0 ? 1 : null };
            await engine.GenerateAsync(new Sequence([1, 2, 3, (i * 7) % 500, i % 11], sampling));
        }

        Assert.Equal(before, torch.Tensor.TotalCount);
    }
}
