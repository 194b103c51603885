using AdaptiveServe.Torch.Native;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Tests.Native;

public class NativeTorchTests
{
    [Fact]
    public void Load_OnThisSystem_TorchSharpComputes()
    {
        NativeTorch.Load();
        using Tensor sum = tensor(new[] { 1f, 2f }).sum();
        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    public void MarkWeak_TorchSharpLibrary_MarksExactlyTheUnusedVersion()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "an ELF file exists on Linux only");
        byte[] image = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));
        byte[] original = [.. image];
        Assert.Equal(1, ElfVersionRequirements.MarkWeak(image, "GLIBCXX_3.4.32"));
        Assert.Single(image.Zip(original), pair => pair.First != pair.Second);
    }

    [Fact]
    public void MarkWeak_NotElf_IsRefused() =>
        Assert.Throws<BadImageFormatException>(() => ElfVersionRequirements.MarkWeak(new byte[100], "GLIBCXX_3.4.32"));
}
