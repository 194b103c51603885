using System.Runtime.InteropServices;
using AdaptiveServe.Torch.Native;
using TorchSharp;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>libtorch's own CUDA graph (<c>at::cuda::CUDAGraph</c>), which TorchSharp has no call for.</summary>
/// <remarks>
/// A capture needs a private pool of the caching allocator, which only C++ can ask for; so the class itself is used, by its exported symbols
/// and in a piece of memory that is larger than it. The pool keeps the memory of every tensor of the capture until <see cref="Dispose"/>.
/// A C++ exception that comes out of these calls ends the process: what would raise one is asked for beforehand, by C interfaces. See ADR 19.
/// </remarks>
internal sealed unsafe class CudaGraph : IStepGraph
{
    private const nuint ObjectBytes = 4096; // the class has a few hundred
    private const int ThreadLocalCapture = 1, ActiveCapture = 1, NonBlockingStream = 1;

    private static nint _stream; // captures and their warming up run here: the stream of everything else may not be captured

    private readonly Entries _entries;
    private readonly torch.Device _device;
    private void* _object;
    private bool _isCaptured;

    private CudaGraph(Entries entries, torch.Device device)
    {
        _entries = entries;
        _device = device;
    }

    /// <summary>Makes graphs of a device, or says what this libtorch lacks for it.</summary>
    public static Func<IStepGraph>? FindFactory(torch.Device device, out string? missing)
    {
        Entries? entries = Entries.Find(out missing);
        return entries is null ? null : () => new CudaGraph(entries, device);
    }

    public void Capture(Action operations)
    {
        torch.cuda.synchronize(_device); // what was asked for before runs on another stream
        if (_stream == 0)
        {
            nint stream;
            Check(_entries.CreateStream(&stream, NonBlockingStream), "cudaStreamCreateWithFlags");
            _stream = stream;
        }

        nint guard;
        Check(_entries.CreateGuard(_stream, _device.index, &guard), "aoti_torch_create_cuda_stream_guard");
        try
        {
            operations();
            torch.cuda.synchronize(_device);
            _object = NativeMemory.AllocZeroed(ObjectBytes);
            _entries.Construct(_object, 0);
            _entries.Begin(_object, 0, 0, ThreadLocalCapture);
            Record(operations);
            _entries.End(_object);
            _isCaptured = true;
        }
        finally
        {
            _entries.DeleteGuard(guard);
        }
    }

    public void Replay() => _entries.Replay(_object);

    public void Dispose()
    {
        if (!_isCaptured) return; // of a broken capture the object is in no state to be destroyed, and stays
        torch.cuda.synchronize(_device);
        _entries.Destroy(_object);
        NativeMemory.Free(_object);
        _isCaptured = false;
    }

    private void Record(Action operations)
    {
        bool isWhole = false;
        try
        {
            operations();
            int status;
            isWhole = _entries.IsCapturing(_stream, &status) == 0 && status == ActiveCapture;
        }
        finally
        {
            if (!isWhole)
            {
                nint graph;
                _ = _entries.EndStreamCapture(_stream, &graph); // the stream is usable again
            }
        }

        if (!isWhole) throw new InvalidOperationException("an operation that cannot be recorded ended the capture");
    }

    private static void Check(int error, string call)
    {
        if (error != 0) throw new InvalidOperationException($"{call} failed with error {error}");
    }

    private sealed class Entries
    {
        public delegate* unmanaged<void*, byte, void> Construct { get; private init; }
        public delegate* unmanaged<void*, ulong, ulong, int, void> Begin { get; private init; } // a std::pair of integers comes as two
        public delegate* unmanaged<void*, void> End { get; private init; }
        public delegate* unmanaged<void*, void> Replay { get; private init; }
        public delegate* unmanaged<void*, void> Destroy { get; private init; }
        public delegate* unmanaged<nint, int, nint*, int> CreateGuard { get; private init; }
        public delegate* unmanaged<nint, int> DeleteGuard { get; private init; }
        public delegate* unmanaged<nint*, uint, int> CreateStream { get; private init; }
        public delegate* unmanaged<nint, int*, int> IsCapturing { get; private init; }
        public delegate* unmanaged<nint, nint*, int> EndStreamCapture { get; private init; }

        public static Entries? Find(out string? missing)
        {
            string? first = null;
            var found = new Entries
            {
                Construct = (delegate* unmanaged<void*, byte, void>)Of("libtorch_cuda", "_ZN2at4cuda9CUDAGraphC1Eb"),
                Begin = (delegate* unmanaged<void*, ulong, ulong, int, void>)Of(
                    "libtorch_cuda", "_ZN2at4cuda9CUDAGraph13capture_beginESt4pairIyyE21cudaStreamCaptureMode"),
                End = (delegate* unmanaged<void*, void>)Of("libtorch_cuda", "_ZN2at4cuda9CUDAGraph11capture_endEv"),
                Replay = (delegate* unmanaged<void*, void>)Of("libtorch_cuda", "_ZN2at4cuda9CUDAGraph6replayEv"),
                Destroy = (delegate* unmanaged<void*, void>)Of("libtorch_cuda", "_ZN2at4cuda9CUDAGraphD1Ev"),
                CreateGuard = (delegate* unmanaged<nint, int, nint*, int>)Of("libtorch_cuda", "aoti_torch_create_cuda_stream_guard"),
                DeleteGuard = (delegate* unmanaged<nint, int>)Of("libtorch_cuda", "aoti_torch_delete_cuda_stream_guard"),
                CreateStream = (delegate* unmanaged<nint*, uint, int>)Of("libcudart", "cudaStreamCreateWithFlags"),
                IsCapturing = (delegate* unmanaged<nint, int*, int>)Of("libcudart", "cudaStreamIsCapturing"),
                EndStreamCapture = (delegate* unmanaged<nint, nint*, int>)Of("libcudart", "cudaStreamEndCapture"),
            };
            missing = first;
            return missing is null ? found : null;

            nint Of(string library, string name)
            {
                nint entry = LoadedLibrary.FindExport(library, name);
                if (entry == 0) first ??= $"{library} does not export {name}";
                return entry;
            }
        }
    }
}
