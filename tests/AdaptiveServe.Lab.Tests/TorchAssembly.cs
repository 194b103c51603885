using System.Runtime.CompilerServices;
using AdaptiveServe.Torch.Native;

namespace AdaptiveServe.Lab.Tests;

internal static class TorchAssembly
{
    // Tests call TorchSharp directly, so the native libraries must be there before the first of them runs.
    [ModuleInitializer]
    internal static void LoadNativeLibraries() => NativeTorch.Load();
}
