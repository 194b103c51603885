namespace AdaptiveServe.Torch.Tests.Compute;

/// <summary>What computes, by the names that tests give it.</summary>
internal static class Backends
{
    /// <summary>
    /// <c>auto</c> or <c>libtorch</c>; <c>one call</c> and <c>recorded</c>: what libtorch's backend does on CUDA, with attention in one call and
    /// recorded decode steps; or the width of the CPU's registers in bits.
    /// </summary>
    public static void Choose(this TorchRunnerOptions options, string backend)
    {
        if (int.TryParse(backend, out int bits))
        {
            Widths.Require(bits);
            options.RegisterBits = bits;
            return;
        }

        options.Compute = backend == "auto" ? "auto" : "libtorch";
        if (backend is "one call" or "recorded")
            options.LibTorchParts = () => LibTorchFixture.Parts(backend == "recorded" ? () => new RerunGraph() : null);
    }
}
