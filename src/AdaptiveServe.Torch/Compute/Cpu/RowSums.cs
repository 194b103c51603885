using System.Runtime.CompilerServices;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>The sums of a row with a panel's outputs: four registers, one lane for each output.</summary>
/// <remarks>A local of this type stays in registers, so that a tile of rows is written as one such local for each row.</remarks>
internal unsafe struct RowSums<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private TLanes _a, _b, _c, _d;

    /// <summary>Adds one input's products with the weights of that input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float* input, TLanes w0, TLanes w1, TLanes w2, TLanes w3)
    {
        TLanes x = TLanes.BroadcastAt(input);
        _a = TLanes.MultiplyAdd(x, w0, _a);
        _b = TLanes.MultiplyAdd(x, w1, _b);
        _c = TLanes.MultiplyAdd(x, w2, _c);
        _d = TLanes.MultiplyAdd(x, w3, _d);
    }

    /// <summary>Stores the sums, with a bias where there is one (null: none), or adds them to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Put(float* output, float* bias, bool adds)
    {
        Put(_a, output, bias, 0, adds);
        Put(_b, output, bias, TLanes.Width, adds);
        Put(_c, output, bias, 2 * TLanes.Width, adds);
        Put(_d, output, bias, 3 * TLanes.Width, adds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TLanes sum, float* output, float* bias, int offset, bool adds)
    {
        if (bias != null) sum = TLanes.Add(sum, TLanes.Load(bias + offset));
        if (adds) sum = TLanes.Add(TLanes.Load(output + offset), sum);
        TLanes.Store(sum, output + offset);
    }
}
