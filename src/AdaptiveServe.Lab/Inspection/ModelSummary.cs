using System.Text.RegularExpressions;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Inspection;

/// <summary>What the files of a model say.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Config">Its shape.</param>
/// <param name="Tensors">Its weights, alike ones together.</param>
/// <param name="Tokenizer">Its tokenizer, or null where that cannot be used.</param>
/// <param name="TokenizerFault">Why it cannot.</param>
internal sealed partial record ModelSummary(
    string Folder, ModelConfig Config, IReadOnlyList<TensorGroup> Tensors, TextTokenizer? Tokenizer, string? TokenizerFault)
{
    /// <summary>Elements of all weights. An output projection that is the embedding counts once, even if the file holds it twice.</summary>
    public long Parameters =>
        Tensors.Where(group => !(Config.TieWordEmbeddings && group.Pattern == "lm_head.weight")).Sum(group => group.Elements);

    /// <summary>Elements of keys and values that a token adds in all layers.</summary>
    public long CacheElementsPerToken => 2L * Config.Layers * Config.KeyValueHeads * Config.HeadDim;

    /// <exception cref="ModelLoadException">The folder is not a model of a known kind.</exception>
    public static ModelSummary Read(string folder)
    {
        ModelConfig config = ModelConfig.Load(folder);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        (TextTokenizer? tokenizer, string? fault) = ReadTokenizer(folder);
        return new ModelSummary(folder, config, Group(checkpoint), tokenizer, fault);
    }

    private static List<TensorGroup> Group(Checkpoint checkpoint) =>
    [
        .. checkpoint.Names.Select(checkpoint.Describe)
            .GroupBy(tensor => (Pattern: Number().Replace(tensor.Name, ".*."), tensor.Dtype, Shape: string.Join(' ', tensor.Shape)))
            .OrderBy(group => group.Key.Pattern, StringComparer.Ordinal)
            .Select(group => new TensorGroup(group.Key.Pattern, group.Key.Dtype, group.First().Shape, group.Count())),
    ];

    private static (TextTokenizer? Tokenizer, string? Fault) ReadTokenizer(string folder)
    {
        try
        {
            return (TokenizerLoader.Load(folder), null);
        }
        catch (TokenizerLoadException exception)
        {
            return (null, exception.Message);
        }
    }

    [GeneratedRegex(@"\.[0-9]+\.")]
    private static partial Regex Number();
}
