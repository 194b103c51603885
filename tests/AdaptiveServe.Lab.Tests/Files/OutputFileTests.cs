using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Tests.Files;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Commit_AfterWriting_ReplacesWhatWasThere()
    {
        string path = _folder.Write("out", "old");
        using (OutputFile file = OutputFile.Create(path))
        {
            file.Stream.Write("new"u8);
            Assert.Equal("old", File.ReadAllText(path));
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["out"], _folder.Names());
    }

    [Fact]
    public void Dispose_WithoutCommit_LeavesEverythingAsItWas()
    {
        string path = _folder.Write("out", "old");
        using (OutputFile file = OutputFile.Create(path)) file.Stream.Write("half"u8);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["out"], _folder.Names());
    }

    [Theory]
    [InlineData("", "is a folder")]
    [InlineData("missing/out", "its folder does not exist")]
    [InlineData("missing/", "is a folder")]
    public void Create_ImpossiblePlace_IsRefused(string name, string reason)
    {
        LabException refused = Assert.Throws<LabException>(() => OutputFile.Create(Path.Combine(_folder.Path, name)));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_Device_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "devices lie elsewhere on other systems");
        Assert.Contains("is a device", Assert.Throws<LabException>(() => OutputFile.Create("/dev/null")).Message, StringComparison.Ordinal);
    }
}
