using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Files;

/// <summary>A file that is there as a whole or not at all: it grows under another name beside its place, and takes it at the end.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _isCommitted;

    private OutputFile(string path)
    {
        _path = path;
        _temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}.tmp");
        _stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write);
    }

    public Stream Stream => _stream;

    /// <summary>Begins a file; a verb does this before its work, so that it does not work in vain.</summary>
    /// <exception cref="LabException">There cannot be a file of that name.</exception>
    public static OutputFile Create(string path)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full) || Path.EndsInDirectorySeparator(full)) throw new LabException($"{path}: is a folder, not a file");
        if (!Directory.Exists(Path.GetDirectoryName(full))) throw new LabException($"{path}: its folder does not exist");
        if (File.Exists(full) && IsAmongDevices(full)) throw new LabException($"{path}: is a device, not a file");
        try
        {
            return new OutputFile(full);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"{path}: cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Puts the file in its place, over one that was there.</summary>
    public void Commit()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _isCommitted = true;
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (!_isCommitted) File.Delete(_temporary);
    }

    /// <summary>Renaming over a device would replace it.</summary>
    private static bool IsAmongDevices(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);
}
