using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Tests.Models;
using AdaptiveServe.Torch.Tests.Running;

namespace AdaptiveServe.Torch.Tests.Loading;

/// <summary>Weights in a file that processes share.</summary>
public sealed class SharedWeightsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TinyModel _model = new(Configs.Llama), _small = new(Configs.Llama, seed: 4);

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
        _small.Dispose();
    }

    /// <summary>The start that writes the file, one that finds it, and one that knows nothing of it give the same bits.</summary>
    [Theory, InlineData("auto"), InlineData("float32"), InlineData("int8")]
    public async Task Load_WrittenOrFound_GivesTheSameBits(string dtype)
    {
        List<GeneratedToken> plain = await GenerateAsync(dtype, shared: false), written = await GenerateAsync(dtype);
        FileInfo[] files = Files();
        Assert.Equal(2, files.Length); // of a pair
        Assert.All(files, file => Assert.EndsWith(".weights", file.Name, StringComparison.Ordinal)); // nothing unfinished
        List<GeneratedToken> found = await GenerateAsync(dtype);
        Assert.Equal(files.Select(file => (file.Name, file.LastWriteTimeUtc)), Files().Select(file => (file.Name, file.LastWriteTimeUtc)));
        Assert.Equal(plain.Select(Values), written.Select(Values));
        Assert.Equal(plain.Select(Values), found.Select(Values));

        static string Values(GeneratedToken token) => $"{token.Id} {token.Entropy:R} {string.Join(' ', token.TopLogprobs!.Select(top => $"{top.Id}:{top.Logprob:R}"))}";
    }

    /// <summary>The file is what is used, and not the model's own weights beside it.</summary>
    [Fact]
    public async Task Load_FileOfOtherContent_IsWhatRuns()
    {
        List<GeneratedToken> before = await GenerateAsync("auto");
        foreach (FileInfo file in Files()) File.WriteAllBytes(file.FullName, new byte[file.Length]);
        Assert.NotEqual(before.Select(token => token.Entropy), (await GenerateAsync("auto")).Select(token => token.Entropy));
    }

    [Theory, InlineData(-64), InlineData(64), InlineData(int.MinValue)]
    public async Task Load_FileOfAnotherSize_IsRefusedByName(int difference)
    {
        await GenerateAsync("auto");
        FileInfo file = Files().MaxBy(file => file.Length)!;
        using (FileStream stream = file.OpenWrite()) stream.SetLength(difference == int.MinValue ? 0 : file.Length + difference);
        ModelLoadException refused = await Assert.ThrowsAsync<ModelLoadException>(() => GenerateAsync("auto"));
        Assert.Contains(file.Name, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Another type, other registers, and a model that was written anew have files of their own.</summary>
    [Fact]
    public async Task Load_SomethingElse_IsAnotherFile()
    {
        await GenerateAsync("auto");
        await GenerateAsync("int8");
        Assert.Equal(4, Files().Length);
        await GenerateAsync("auto", registerBits: 128);
        Assert.Equal(6, Files().Length);
        File.SetLastWriteTimeUtc(Path.Combine(_model.Folder, "model.safetensors"), DateTime.UtcNow.AddMinutes(-5));
        await GenerateAsync("auto");
        Assert.Equal(7, Files().Length);
    }

    [Fact]
    public async Task Load_NoFolderOrNoKernels_IsRefused()
    {
        Assert.Contains("--shared-weights", (await Assert.ThrowsAsync<ModelLoadException>(() => GenerateAsync("auto", compute: "libtorch"))).Message, StringComparison.Ordinal);
        Directory.Delete(_folder.Path);
        Assert.Contains(_folder.Path, (await Assert.ThrowsAsync<ModelLoadException>(() => GenerateAsync("auto"))).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.Path);
    }

    private FileInfo[] Files() => [.. new DirectoryInfo(_folder.Path).GetFiles().OrderBy(file => file.Name, StringComparer.Ordinal)];

    private async Task<List<GeneratedToken>> GenerateAsync(string dtype, bool shared = true, int? registerBits = null, string compute = "auto")
    {
        using InferenceEngine engine = new GoldenModel(_model.Folder, []).Start(
            options => (options.DType, options.SmallModel, options.Compute, options.RegisterBits, options.SharedWeights) =
                (dtype, _small.Folder, compute, registerBits, shared ? _folder.Path : null),
            new EngineOptions { MaxSequences = 2, MaxBatchTokens = 32 });
        Sequence sequence = new([1, 2, 3], new SamplingParams { Temperature = 0, MaxTokens = 8, Logprobs = 3, IgnoreEos = true });
        return await engine.GenerateTokensAsync(sequence);
    }
}
