using AdaptiveServe.Lab.Training.Optimization;
using TorchSharp;

namespace AdaptiveServe.Lab.Tests.Training.Optimization;

public class AdamWTests
{
    /// <summary>The same numbers as TorchSharp's optimizer without decay.</summary>
    [Fact]
    public void Step_SameGradients_EqualsLibrary()
    {
        using var scope = torch.NewDisposeScope();
        using torch.Generator random = new(9);
        torch.Tensor start = torch.randn([5, 3], generator: random);
        var theirs = new TorchSharp.Modules.Parameter(start.clone());
        torch.Tensor ours = start.clone().requires_grad_();
        using AdamW adam = new([ours]);
        using var library = torch.optim.AdamW([theirs], lr: 0.01, beta1: 0.9, beta2: 0.95, eps: 1e-8, weight_decay: 0);
        for (int step = 1; step <= 10; step++)
        {
            torch.Tensor gradient = torch.randn([5, 3], generator: random);
            (theirs.grad, ours.grad) = (gradient.clone(), gradient.clone());
            library.step();
            adam.Step(0.01f, step);
        }

        using torch.Tensor difference = (theirs - ours).abs().max();
        Assert.InRange(difference.item<float>(), 0, 1e-5);
    }
}
