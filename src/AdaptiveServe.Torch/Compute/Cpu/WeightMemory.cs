using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>The memory that a model's weights lie in, one after the other: the process's own, or a file that processes share.</summary>
/// <remarks>
/// Its own is on large pages where the system gives such: a few large pieces, since most weights of a small model are smaller than a large page.
/// What is left over of a piece is never touched, and so takes no memory.
/// </remarks>
internal sealed unsafe class WeightMemory : IDisposable
{
    private const nint PieceBytes = 64 << 20;

    private readonly string? _path;
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly List<(nint Memory, nint Size)> _pieces = [];
    private byte* _free;
    private nint _left;

    /// <summary>The process's own.</summary>
    public WeightMemory()
    {
    }

    /// <summary>A file that <see cref="Save"/> wrote, only to be read: what is taken of it, in the same order, is filled already.</summary>
    /// <exception cref="ModelLoadException">It cannot be mapped.</exception>
    public WeightMemory(string path)
    {
        _path = path;
        try
        {
            _left = (nint)new FileInfo(path).Length;
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            _file?.Dispose();
            throw new ModelLoadException(path, $"cannot be mapped: {exception.Message}", exception);
        }

        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _free);
        LargePages.Advise(_free, _left);
    }

    /// <summary>Whether what is taken is filled, and may not be written.</summary>
    public bool IsFilled => _path is not null;

    /// <summary>Memory from the beginning of a cache line on, until this object is disposed; what it holds is anything, if it is not filled.</summary>
    /// <exception cref="ModelLoadException">The file ends before it.</exception>
    public byte* Take(nint bytes)
    {
        bytes = RoundUp(bytes, (nint)NativeRows.Alignment);
        if (bytes > _left)
        {
            if (IsFilled) throw NotOfThisModel();
            nint size = RoundUp(Math.Max(bytes, PieceBytes), LargePages.Size);
            if (_pieces.Count > 0) _pieces[^1] = (_pieces[^1].Memory, _pieces[^1].Size - _left);
            _free = (byte*)NativeMemory.AlignedAlloc((nuint)size, (nuint)LargePages.Size);
            _left = size;
            _pieces.Add(((nint)_free, size));
            LargePages.Advise(_free, size);
        }

        byte* taken = _free;
        _free += bytes;
        _left -= bytes;
        return taken;
    }

    /// <summary>Checks that all of the file was taken.</summary>
    /// <exception cref="ModelLoadException">Something is left: it is not of this model.</exception>
    public void EnsureUsedUp()
    {
        if (IsFilled && _left > 0) throw NotOfThisModel();
    }

    /// <summary>Writes what was taken of the process's own memory to a file, which is there as a whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Save(string path)
    {
        string unfinished = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                for (int i = 0; i < _pieces.Count; i++) Write(stream, (byte*)_pieces[i].Memory, _pieces[i].Size - (i == _pieces.Count - 1 ? _left : 0));
                stream.Flush(flushToDisk: true); // else a machine that stops may leave a file of zeros under the name
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    public void Dispose()
    {
        if (_view is not null && _free is not null) _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view?.Dispose();
        _file?.Dispose();
        foreach ((nint piece, _) in _pieces) NativeMemory.AlignedFree((void*)piece);
        _pieces.Clear();
        _free = null;
        _left = 0;
    }

    private static void Write(FileStream stream, byte* bytes, nint count)
    {
        for (nint at = 0; at < count; at += PieceBytes) stream.Write(new ReadOnlySpan<byte>(bytes + at, (int)Math.Min(PieceBytes, count - at)));
    }

    private ModelLoadException NotOfThisModel() => new(_path!, "is not what these weights are: delete it, and the next start writes it anew");

    private static nint RoundUp(nint bytes, nint unit) => (bytes + unit - 1) & -unit;
}
