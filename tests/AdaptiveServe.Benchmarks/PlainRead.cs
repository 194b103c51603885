using System.Runtime.Intrinsics;

namespace AdaptiveServe.Benchmarks;

/// <summary>A plain read of as many bytes as a model's weights have: the floor of a step that reads each of them once.</summary>
internal sealed class PlainRead
{
    private readonly Vector512<int>[][] _shares;

    /// <param name="bytes">In all.</param>
    /// <param name="threads">Each reads a share.</param>
    public PlainRead(long bytes, int threads = 1)
    {
        _shares = new Vector512<int>[threads][];
        for (int i = 0; i < threads; i++)
        {
            _shares[i] = new Vector512<int>[bytes / threads / Vector512<byte>.Count / 4 * 4];
            Array.Fill(_shares[i], Vector512<int>.One); // pages that were never written are all the same one
        }
    }

    /// <summary>What was read, so that it is not left out.</summary>
    public int Total { get; private set; }

    public void Run()
    {
        if (_shares.Length == 1) Total += Sum(_shares[0]);
        else Parallel.For(0, _shares.Length, share => Sum(_shares[share]));
    }

    private static int Sum(Vector512<int>[] data)
    {
        Vector512<int> a = default, b = default, c = default, d = default;
        for (int i = 0; i < data.Length; i += 4)
        {
            a += data[i];
            b += data[i + 1];
            c += data[i + 2];
            d += data[i + 3];
        }

        return Vector512.Sum(a + b + c + d);
    }
}
