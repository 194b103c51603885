using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Tests.Loading;

public sealed class DemoPairTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_BesideTheExecutable_ComesFirst()
    {
        Write("bin", "large", "small");
        Write("home", "large", "small");
        Assert.Equal(PairIn("bin"), DemoPair.Find(In("bin"), In("home")));
    }

    [Fact]
    public void Find_HalfAPair_LooksFurtherUp()
    {
        Write("home", "large", "small");
        Write("home/project", "large");
        Directory.CreateDirectory(In("home/project/src"));
        Assert.Equal(PairIn("home"), DemoPair.Find(In("bin"), In("home/project/src")));
    }

    [Fact]
    public void Find_Nowhere_IsNull() => Assert.Null(DemoPair.Find(In("bin"), In("home")));

    private string In(string folder) => Path.Combine(_folder.Path, folder);

    private DemoPair PairIn(string folder) => new(In($"{folder}/models/demo/large"), In($"{folder}/models/demo/small"));

    private void Write(string folder, params string[] models)
    {
        foreach (string model in models)
        {
            DirectoryInfo place = Directory.CreateDirectory(In($"{folder}/models/demo/{model}"));
            File.WriteAllText(Path.Combine(place.FullName, "config.json"), "{}");
        }
    }
}
