using AdaptiveServe.Torch.Compute.Cpu;

namespace AdaptiveServe.Torch.Tests.Compute;

/// <summary>The widths that kernels are compiled for, in bits.</summary>
internal static class Widths
{
    public static readonly int[] All = [128, 256, 512];

    /// <summary>Skips the running test, visibly, on a processor without such registers.</summary>
    public static void Require(int width) => Assert.SkipUnless(IsSupported(width), $"this processor has no registers of {width} bits");

    public static bool IsSupported(int width) => width switch
    {
        512 => Lanes512.IsSupported,
        256 => Lanes256.IsSupported,
        _ => Lanes128.IsSupported,
    };

    /// <summary>Runs a check with the lanes of a width.</summary>
    public static void Run(int width, ILanesCheck check)
    {
        Require(width);
        if (width == 512) check.Run<Lanes512>();
        else if (width == 256) check.Run<Lanes256>();
        else check.Run<Lanes128>();
    }
}

internal interface ILanesCheck
{
    void Run<TLanes>()
        where TLanes : struct, ILanes<TLanes>;
}
