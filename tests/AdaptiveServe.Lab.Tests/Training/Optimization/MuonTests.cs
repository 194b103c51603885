using AdaptiveServe.Lab.Training.Optimization;
using TorchSharp;

namespace AdaptiveServe.Lab.Tests.Training.Optimization;

public class MuonTests
{
    [Theory, InlineData(16, 48), InlineData(48, 16), InlineData(20, 20)]
    public void Orthogonal_AnyMatrix_HasSingularValuesNearOne(int rows, int columns)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor matrix = torch.randn([rows, columns], generator: new torch.Generator(3)) * 5;
        (torch.Tensor u, _, torch.Tensor v) = torch.linalg.svd(matrix, fullMatrices: false);

        torch.Tensor result = Muon.Orthogonal(matrix);

        float[] values = [.. torch.linalg.svdvals(result).data<float>()];
        Assert.All(values.Take(Math.Min(rows, columns) - 2), value => Assert.InRange(value, 0.5, 1.3)); // the smallest converge last
        Assert.InRange((result * u.mm(v)).sum().item<float>(), 0.6f * Math.Min(rows, columns), 1.3f * Math.Min(rows, columns));
    }

    [Fact]
    public void Step_FusedMatrices_UpdatesEachAsIfAlone()
    {
        using var scope = torch.NewDisposeScope();
        using torch.Generator random = new(5);
        torch.Tensor[] parts = [torch.randn([6, 8], generator: random), torch.randn([4, 8], generator: random)];
        torch.Tensor[] gradients = [torch.randn([6, 8], generator: random), torch.randn([4, 8], generator: random)];
        torch.Tensor fused = Leaf(torch.cat(parts), torch.cat(gradients)), first = Leaf(parts[0], gradients[0]), second = Leaf(parts[1], gradients[1]);
        using Muon together = new([new TrainedMatrix(fused, [6, 4])]);
        using Muon apart = new([new TrainedMatrix(first, [6]), new TrainedMatrix(second, [4])]);

        together.Step(0.1f);
        apart.Step(0.1f);

        Assert.Equal(Values(torch.cat([first, second])), Values(fused));
        Assert.All(Values(fused.grad!), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Step_Repeated_FindsLeastSquares()
    {
        using torch.Generator random = new(7);
        using torch.Tensor wanted = torch.randn([8, 8], generator: random);
        using torch.Tensor weight = torch.zeros([8, 8], requires_grad: true);
        using Muon muon = new([new TrainedMatrix(weight, [8])]);
        for (int i = 0; i < 400; i++)
        {
            using var scope = torch.NewDisposeScope();
            (weight - wanted).square().sum().backward();
            muon.Step(0.1f * (1 - i / 400f));
        }

        using torch.Tensor error = (weight - wanted).abs().max();
        Assert.InRange(error.item<float>(), 0, 0.15);
    }

    internal static torch.Tensor Leaf(torch.Tensor value, torch.Tensor gradient)
    {
        torch.Tensor leaf = value.clone().requires_grad_();
        leaf.grad = gradient.clone();
        return leaf;
    }

    private static float[] Values(torch.Tensor tensor) => [.. tensor.detach().contiguous().data<float>()];
}
