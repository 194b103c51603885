using System.Runtime.InteropServices;

namespace AdaptiveServe.Torch.Native;

/// <summary>What native libraries that this process has loaded export.</summary>
internal static class LoadedLibrary
{
    /// <summary>The address of a function, or 0 where the library is not loaded or does not export it.</summary>
    /// <remarks>On Linux; elsewhere nothing is found.</remarks>
    public static nint FindExport(string library, string name)
    {
        if (!File.Exists("/proc/self/maps")) return 0;
        string? path = File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .FirstOrDefault(path => IsNamed(Path.GetFileName(path), library));
        return path is not null && NativeLibrary.TryLoad(path, out nint handle) && NativeLibrary.TryGetExport(handle, name, out nint entry) ? entry : 0;
    }

    /// <summary>libcudart is called libcudart.so.12 or, bundled, libcudart-c3a75b33.so.12.</summary>
    private static bool IsNamed(string file, string library) =>
        file.StartsWith(library, StringComparison.Ordinal) && file.Length > library.Length && file[library.Length] is ('.' or '-');
}
