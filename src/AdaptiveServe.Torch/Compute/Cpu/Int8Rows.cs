namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>
/// Rows of activations as int16 with a float32 scale for 32 of them: beside 8-bit weights they are as good as exact, and processors multiply
/// pairs of int16 twice as fast as float32.
/// </summary>
/// <remarks>A block is 16 words: word j has the activations j and j + 16. A row's words depend on that row only.</remarks>
internal sealed unsafe class Int8Rows : IDisposable
{
    /// <summary>Words of a block.</summary>
    public const int BlockWords = Int8Weight.BlockInputs / 2;

    private const float RoundingShift = 12582912; // 1.5 * 2^23: after adding it the lowest bits hold the nearest integer

    private readonly NativeBuffer<int> _words = new();
    private readonly NativeBuffer<float> _scales = new();

    public int* Words => _words.Data;

    public float* Scales => _scales.Data;

    /// <summary>Blocks of a row.</summary>
    public int Blocks { get; private set; }

    /// <summary>Makes room; <see cref="Fill"/> fills it.</summary>
    public void Resize(int rows, int columns)
    {
        Blocks = Int8Weight.BlocksOf(columns);
        _words.Reserve((nint)rows * Blocks * BlockWords);
        _scales.Reserve((nint)rows * Blocks);
    }

    /// <summary>Rounds one row.</summary>
    public void Fill<TLanes>(int row, float* values, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        float* padded = stackalloc float[Int8Weight.BlockInputs];
        nint first = (nint)row * Blocks;
        for (int block = 0; block < Blocks; block++)
        {
            int from = block * Int8Weight.BlockInputs, count = Math.Min(Int8Weight.BlockInputs, columns - from);
            float* source = values + from;
            if (count < Int8Weight.BlockInputs)
            {
                new Span<float>(padded, Int8Weight.BlockInputs).Clear();
                new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(padded, count));
                source = padded;
            }

            Scales[first + block] = Round<TLanes>(source, Words + (first + block) * BlockWords);
        }
    }

    public void Dispose()
    {
        _words.Dispose();
        _scales.Dispose();
    }

    /// <returns>The block's scale; no number where one of the values is none, or infinite.</returns>
    private static float Round<TLanes>(float* values, int* words)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes zero = default, max = default, wrong = default;
        for (int i = 0; i < Int8Weight.BlockInputs; i += TLanes.Width)
        {
            TLanes value = TLanes.Load(values + i);
            max = TLanes.Max(max, TLanes.Max(value, TLanes.Subtract(zero, value)));
            wrong = TLanes.MultiplyAdd(value, zero, wrong);
        }

        float largest = LaneMath.Max(max), scale = largest / short.MaxValue;
        TLanes inverse = TLanes.Broadcast(scale > 0 ? short.MaxValue / largest : 0), shift = TLanes.Broadcast(RoundingShift);
        for (int i = 0; i < BlockWords; i += TLanes.Width)
        {
            TLanes low = TLanes.MultiplyAdd(TLanes.Load(values + i), inverse, shift);
            TLanes high = TLanes.MultiplyAdd(TLanes.Load(values + BlockWords + i), inverse, shift);
            TLanes.Store(TLanes.PackWords(low, high), (float*)(words + i));
        }

        return scale + LaneSums.Sum(TLanes.Fold(wrong));
    }
}
