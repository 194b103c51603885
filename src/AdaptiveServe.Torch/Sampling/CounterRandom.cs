namespace AdaptiveServe.Torch.Sampling;

/// <summary>What a random number is for: the same position never uses one number twice.</summary>
internal enum RandomPurpose : uint
{
    Sample = 0,
}

/// <summary>
/// Random numbers without state: Philox-4x32-10 (Salmon et al. 2011) keyed by seed, counting (position, purpose). A sequence draws the same
/// numbers alone, in a batch, and after a preemption.
/// </summary>
internal static class CounterRandom
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public static double Uniform(ulong seed, long position, RandomPurpose purpose)
    {
        (uint a, uint b, _, _) = Block(seed, (uint)position, (uint)(position >> 32), (uint)purpose, 0);
        return (((ulong)a << 32 | b) >> 11) * (1.0 / (1UL << 53));
    }

    internal static (uint, uint, uint, uint) Block(ulong seed, uint c0, uint c1, uint c2, uint c3)
    {
        uint k0 = (uint)seed, k1 = (uint)(seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0, product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }
}
