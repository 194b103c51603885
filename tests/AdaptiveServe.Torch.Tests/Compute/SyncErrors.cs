using AdaptiveServe.Torch.Native;

namespace AdaptiveServe.Torch.Tests.Compute;

/// <summary>While it lives, libtorch refuses operations that make the host wait for a CUDA device: <c>torch.cuda.set_sync_debug_mode("error")</c>.</summary>
internal sealed unsafe class SyncErrors : IDisposable
{
    private const string State = "_ZZN3c104cuda13warning_stateEvE14warning_state_"; // c10::cuda::warning_state(), an enum in a class
    private const int Disabled = 0, Error = 2;

    private readonly int* _mode;

    public SyncErrors()
    {
        nint state = LoadedLibrary.FindExport("libtorch_cuda", State);
        if (state == 0) state = LoadedLibrary.FindExport("libc10_cuda", State);
        Assert.SkipWhen(state == 0, "this libtorch does not export how it treats operations that wait");
        _mode = (int*)state;
        *_mode = Error;
    }

    public void Dispose() => *_mode = Disabled;
}
