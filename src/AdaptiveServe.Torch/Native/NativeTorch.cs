using System.Runtime.InteropServices;

namespace AdaptiveServe.Torch.Native;

/// <summary>
/// Loads libtorch and TorchSharp's native library before TorchSharp's first use.
/// </summary>
/// <remarks>
/// TorchSharp's Linux library asks for a symbol version of GCC 13's libstdc++ that no relocation in it uses. Distributions with
/// an older libstdc++ (Debian 12, Ubuntu 22.04) refuse to load it. There, a copy in memory with that one requirement marked weak is
/// loaded instead; TorchSharp then finds the loaded library by its name. No file is written or changed.
/// </remarks>
public static partial class NativeTorch
{
    private const string TorchSharpLibrary = "libLibTorchSharp.so";
    private const string UnusedVersion = "GLIBCXX_3.4.32";

    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>Loads the native libraries once. Every class that touches TorchSharp calls this first; more calls do nothing.</summary>
    /// <exception cref="DllNotFoundException">libtorch is not beside the executable.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (_loaded) return;
            if (OperatingSystem.IsLinux()) LoadOnLinux();
            _loaded = true;
        }
    }

    private static void LoadOnLinux()
    {
        // In the order of their dependencies. libtorch_cuda is there only with the CUDA payload and registers its kernels on load.
        foreach (string name in (string[])["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"])
        {
            bool isCuda = name.Contains("cuda", StringComparison.Ordinal);
            if (Find(name) is { } path) NativeLibrary.Load(path);
            else if (!isCuda) throw new DllNotFoundException($"{name} was not found beside the executable; restore and build the project again.");
        }

        string library = Find(TorchSharpLibrary) ?? throw new DllNotFoundException($"{TorchSharpLibrary} was not found beside the executable.");
        if (NativeLibrary.TryLoad(library, out _)) return;

        byte[] image = File.ReadAllBytes(library);
        ElfVersionRequirements.MarkWeak(image, UnusedVersion);
        LoadFromMemory(image);
    }

    /// <summary>The full path of a native library among the directories the host searches, or null.</summary>
    private static string? Find(string fileName)
    {
        string searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Prepend(AppContext.BaseDirectory)
            .Select(directory => Path.Combine(directory, fileName))
            .FirstOrDefault(File.Exists);
    }

    private static void LoadFromMemory(byte[] image)
    {
        int descriptor = MemoryFile("LibTorchSharp", 0);
        if (descriptor < 0) throw new DllNotFoundException($"memfd_create failed with error {Marshal.GetLastPInvokeError()}.");
        string path = $"/proc/self/fd/{descriptor}";
        File.WriteAllBytes(path, image);
        NativeLibrary.Load(path); // the mapping outlives the descriptor, which stays open: TorchSharp may load the path again
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemoryFile(string name, uint flags);
}
