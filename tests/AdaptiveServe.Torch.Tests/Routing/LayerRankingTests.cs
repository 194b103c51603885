using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Tests.Loading;
using AdaptiveServe.Torch.Tests.Models;

namespace AdaptiveServe.Torch.Tests.Routing;

public sealed class LayerRankingTests : IDisposable
{
    private static readonly string Config = Configs.With(Configs.Llama, ("num_hidden_layers", "3"));

    private readonly TinyModel _model = new(Config);

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Find_Nothing_IsNull() => Assert.Null(LayerRanking.Find(_model.Folder));

    [Fact]
    public void Find_WhatWasWritten_IsTheSame()
    {
        Write(ModelFingerprint.Of(_model.Folder), [2, 0, 1]);
        LayerRanking? ranking = LayerRanking.Find(_model.Folder);
        Assert.Equal("cosine", ranking!.Method);
        Assert.Equal([2, 0, 1], ranking.Layers);
    }

    [Fact]
    public void Find_OfAnotherModel_IsRefused()
    {
        using TinyModel other = new(Config, seed: 2);
        Write(ModelFingerprint.Of(other.Folder), [2, 0, 1]);
        ModelLoadException refused = Assert.Throws<ModelLoadException>(() => LayerRanking.Find(_model.Folder));
        Assert.Contains(ModelFingerprint.Of(other.Folder), refused.Message, StringComparison.Ordinal);
        Assert.Contains(ModelFingerprint.Of(_model.Folder), refused.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(new[] { 0, 1 }), InlineData(new[] { 0, 1, 1 }), InlineData(new[] { 0, 1, 3 })]
    public void Find_NotEachLayerOnce_IsRefused(int[] layers)
    {
        Write(ModelFingerprint.Of(_model.Folder), layers);
        Assert.Throws<ModelLoadException>(() => LayerRanking.Find(_model.Folder));
    }

    [Theory, InlineData("{"), InlineData("{}"), InlineData("[]"), InlineData("""{"fingerprint": "a", "method": "b", "layers": [-1]}""")]
    public void Find_Malformed_IsRefused(string json)
    {
        File.WriteAllText(Prepare(), json);
        Assert.Throws<ModelLoadException>(() => LayerRanking.Find(_model.Folder));
    }

    private void Write(string fingerprint, int[] layers)
    {
        using FileStream stream = File.Create(Prepare());
        new LayerRanking(fingerprint, "cosine", layers).Write(stream);
    }

    private string Prepare()
    {
        string path = Path.Combine(_model.Folder, LayerRanking.Place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }
}
