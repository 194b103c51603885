using CsCheck;

namespace AdaptiveServe.Tests;

/// <summary>Property tests that run the same cases every time, and shrink the one that fails.</summary>
internal static class Property
{
    public static void Check<T>(Gen<T> gen, Action<T> assert, int cases, uint stream = 1)
    {
        var random = new PCG(stream, 0);
        for (int i = 0; i < cases; i++)
        {
            string seed = random.ToString();
            T value = gen.Generate(random, null, out _);
            try
            {
                assert(value);
            }
            catch (Exception)
            {
                gen.Sample(assert, seed: seed, iter: 2000, threads: 1);
                throw;
            }
        }
    }

    public static IEnumerable<T> Generate<T>(Gen<T> gen, int cases, uint stream = 1)
    {
        var random = new PCG(stream, 0);
        for (int i = 0; i < cases; i++) yield return gen.Generate(random, null, out _);
    }
}
