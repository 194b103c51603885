using AdaptiveServe.Torch.Compute.LibTorch;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Compute;

/// <summary>What a CUDA device offers, asked for where there is none.</summary>
public class LibTorchPartsTests
{
    /// <summary>The one call of attention is compared with libtorch's own, one sequence at a time.</summary>
    [Theory, InlineData(null), InlineData(3)]
    public void VarlenDefinition_AnySequence_EqualsScaledDotProduct(int? window)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor queries = torch.randn(7, 6, 8), keys = torch.randn(30, 2, 8), values = torch.randn(30, 2, 8);
        var layout = new VarlenLayout(torch.tensor((int[])[0, 4, 5, 7]), torch.tensor((int[])[20, 0, 9, 0]), torch.tensor((int[])[6, 9, 2]), 4, 9);
        torch.Tensor actual = VarlenDefinition.Attend(queries, keys, values, layout, window);
        foreach ((int first, int count, int firstKey, int length) in ((int, int, int, int)[])[(0, 4, 20, 6), (4, 1, 0, 9), (5, 2, 9, 2)])
        {
            torch.Tensor mask = torch.zeros(count, length, dtype: torch.@bool);
            for (int query = 0; query < count; query++)
            {
                int position = length - count + query;
                for (int key = 0; key < length; key++) mask[query, key] = torch.tensor(key <= position && (window is null || key > position - window));
            }

            for (int head = 0; head < 6; head++)
            {
                torch.Tensor expected = torch.nn.functional.scaled_dot_product_attention(
                    queries.narrow(0, first, count).select(1, head).unsqueeze(0), keys.narrow(0, firstKey, length).select(1, head / 3).unsqueeze(0),
                    values.narrow(0, firstKey, length).select(1, head / 3).unsqueeze(0), mask);
                Assert.True(torch.allclose(expected[0], actual.narrow(0, first, count).select(1, head), 1e-5, 1e-5));
            }
        }
    }

    /// <summary>libtorch knows the operation with these arguments, and has a kernel for it on CUDA only.</summary>
    [Fact]
    public void FlashAttention_OnCpu_IsRefusedForTheDeviceAlone()
    {
        using var flash = new FlashAttention();
        var refusal = Assert.Throws<System.Runtime.InteropServices.ExternalException>(
            () => LibTorchParts.CheckAttention(flash.Attend, torch.CPU, torch.bfloat16, 16));
        Assert.Contains("Could not run 'aten::_flash_attention_forward' with arguments from the 'CPU' backend", refusal.Message);
    }

    [Theory, InlineData(torch.ScalarType.Float32), InlineData(torch.ScalarType.BFloat16)]
    public void FusedNorm_OnCpu_EqualsDefinition(torch.ScalarType dtype)
    {
        FusedNorm? norm = FusedNorm.Find(torch.CPU);
        Assert.NotNull(norm);
        Assert.InRange(LibTorchParts.CheckNorm(norm, torch.CPU, dtype), 0, dtype == torch.ScalarType.Float32 ? 1e-5 : 0.03);
    }

    [Fact]
    public void OfCuda_EntryPointsMissing_LogSaysWhatIsNotUsedAndWhy()
    {
        var log = new ListLogger();
        LibTorchParts parts = LibTorchParts.OfCuda(torch.CPU, torch.bfloat16, torch.bfloat16, 64, wantsGraphs: true, log);
        Assert.Null(parts.Attention);
        Assert.Null(parts.Graphs);
        Assert.Collection(log.Lines,
            line => Assert.StartsWith("Not used on this CUDA device: variable-length attention (The following operation failed", line),
            line => Assert.Equal("Not used on this CUDA device: CUDA graphs (they need variable-length attention)", line));
    }

    [Fact]
    public void OfCuda_TypesThatTheKernelDoesNotTake_AreNotTried()
    {
        var log = new ListLogger();
        Assert.Null(LibTorchParts.OfCuda(torch.CPU, torch.float32, torch.float32, 64, wantsGraphs: false, log).Attention);
        Assert.Null(LibTorchParts.OfCuda(torch.CPU, torch.bfloat16, torch.bfloat16, 20, wantsGraphs: false, log).Attention);
        Assert.All(log.Lines, line => Assert.Contains("it does not take", line));
    }

    [Fact]
    public void CudaGraph_WithoutCudaLibraries_SaysWhatIsMissing()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "the machine has them");
        Assert.Null(CudaGraph.FindFactory(torch.CPU, out string? missing));
        Assert.Equal("libtorch_cuda does not export _ZN2at4cuda9CUDAGraphC1Eb", missing);
    }
}
