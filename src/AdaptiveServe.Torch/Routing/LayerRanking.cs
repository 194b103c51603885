using System.Text.Json;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Routing;

/// <summary>The layers of a model in the order in which they may be left out, as the Lab measured it.</summary>
/// <param name="Fingerprint">Of the model that was measured (<see cref="ModelFingerprint"/>).</param>
/// <param name="Method">How it was measured.</param>
/// <param name="Layers">Every layer once, the one that is missed least first.</param>
public sealed record LayerRanking(string Fingerprint, string Method, IReadOnlyList<int> Layers)
{
    private const int MaxLayers = 1 << 16;

    /// <summary>Where it lies in a model's folder.</summary>
    public static readonly string Place = Path.Combine("adaptive", "layer-ranking.json");

    /// <summary>The ranking that lies in a model's folder, or null when there is none.</summary>
    /// <exception cref="ModelLoadException">It is malformed, or was made for another model.</exception>
    public static LayerRanking? Find(string modelDirectory)
    {
        string path = Path.Combine(modelDirectory, Place);
        if (!File.Exists(path)) return null;
        LayerRanking ranking = JsonFile.Parse(path, Parse);
        ranking.EnsureFits(path, modelDirectory);
        return ranking;
    }

    /// <summary>Writes it as JSON.</summary>
    public void Write(Stream stream)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("fingerprint", Fingerprint);
        json.WriteString("method", Method);
        json.WriteStartArray("layers");
        foreach (int layer in Layers) json.WriteNumberValue(layer);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static LayerRanking Parse(JsonSection root) => new(
        root.OptionalText("fingerprint") ?? throw root.Refuse("fingerprint", "is missing"),
        root.OptionalText("method") ?? throw root.Refuse("method", "is missing"),
        root.OptionalIntegers("layers", 0, MaxLayers) ?? throw root.Refuse("layers", "is missing"));

    private void EnsureFits(string path, string modelDirectory)
    {
        string actual = ModelFingerprint.Of(modelDirectory);
        if (Fingerprint != actual)
            throw new ModelLoadException(path, $"was made for the model {ModelLoadException.Quote(Fingerprint)}, and this one is {actual}: rank its layers anew");
        int layers = ModelConfig.Load(modelDirectory).Layers;
        if (!Layers.Order().SequenceEqual(Enumerable.Range(0, layers)))
            throw new ModelLoadException(path, $"layers must name each of the {layers} layers once");
    }
}
