using Microsoft.Win32.SafeHandles;

namespace AdaptiveServe.Torch.Loading;

/// <summary>Opens and reads the files of a model folder, with every failure as a <see cref="ModelLoadException"/>.</summary>
internal static class ModelFile
{
    /// <summary>Opens a regular, non-empty file for positional reads.</summary>
    public static SafeFileHandle Open(string path, out long length)
    {
        try
        {
            // The length of a link is its own, not its target's, and caches of downloaded models consist of links.
            string target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            FileInfo file = new(target);
            if (!file.Exists) throw new ModelLoadException(path, Directory.Exists(target) ? "is a folder, not a file" : "does not exist");

            // Devices and pipes have no length either; opening a pipe would wait for a writer.
            if (file.Length == 0) throw new ModelLoadException(path, "is empty");

            SafeFileHandle handle = File.OpenHandle(target);
            length = RandomAccess.GetLength(handle);
            return handle;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelLoadException(path, "does not exist", e);
        }
        catch (Exception e) when (IsFileFailure(e))
        {
            throw new ModelLoadException(path, $"cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Fills <paramref name="destination"/> from a place in an open file.</summary>
    public static void Read(SafeFileHandle handle, string path, long offset, Span<byte> destination)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                int count = RandomAccess.Read(handle, destination, offset);
                if (count == 0) throw new ModelLoadException(path, $"ended at byte {offset}; it was cut after it was opened");
                destination = destination[count..];
                offset += count;
            }
        }
        catch (Exception e) when (IsFileFailure(e))
        {
            throw new ModelLoadException(path, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads a whole file of at most <paramref name="limit"/> bytes.</summary>
    public static byte[] ReadAll(string path, int limit)
    {
        using SafeFileHandle handle = Open(path, out long length);
        if (length > limit) throw new ModelLoadException(path, $"has {length} bytes, more than the {limit} that are accepted");
        byte[] content = new byte[length];
        Read(handle, path, 0, content);
        return content;
    }

    private static bool IsFileFailure(Exception e) =>
        e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;
}
