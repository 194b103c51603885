using System.Globalization;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Loading;
using Spectre.Console;

namespace AdaptiveServe.Lab.Inspection;

/// <summary>Shows a model to people.</summary>
internal static class ModelSheet
{
    public static void Write(ModelSummary model, LayerChanges? changes, TextWriter output)
    {
        foreach ((string name, string value) in Facts(model)) output.WriteLine($"{name,-12} {OneLine.Of(value)}");
        IAnsiConsole console = LabConsole.On(output);
        console.Write(Tensors(model));
        console.Write(Memory(model));
        if (changes is not null) console.Write(Layers(changes));
    }

    private static Table Layers(LayerChanges changes)
    {
        Table table = new() { Border = TableBorder.Simple, Caption = new TableTitle($"on {changes.Tokens} tokens") };
        table.AddColumn(new TableColumn("layer").RightAligned()).AddColumn(new TableColumn("1 - cosine").RightAligned()).AddColumn("rank");
        int[] byChange = [.. changes.Ranking];
        for (int layer = 0; layer < changes.Values.Count; layer++)
        {
            string[] cells = [
                layer.ToString(CultureInfo.InvariantCulture), changes.Values[layer].ToString("0.0000", CultureInfo.InvariantCulture),
                (Array.IndexOf(byChange, layer) + 1).ToString(CultureInfo.InvariantCulture)];
            table.AddRow(cells);
        }

        return table;
    }

    private static IEnumerable<(string Name, string Value)> Facts(ModelSummary model)
    {
        ModelConfig config = model.Config;
        yield return ("model", model.Folder);
        yield return ("family", config.Family.ToString());
        yield return ("shape", $"{config.Layers} layers, hidden {config.HiddenSize}, MLP {config.IntermediateSize}, "
            + $"{config.AttentionHeads} heads of {config.HeadDim} ({config.KeyValueHeads} for keys and values)");
        yield return ("context", $"{config.MaxPositions} tokens{Window(config)}");
        string theta = config.RopeTheta.ToString(CultureInfo.InvariantCulture);
        yield return ("positions", $"rotary, theta {theta}, scaling {config.RopeScaling.Kind}");
        yield return ("vocabulary", $"{config.VocabularySize} rows{(config.TieWordEmbeddings ? ", embedding and output tied" : "")}");
        yield return ("parameters", model.Parameters.ToString("N0", CultureInfo.InvariantCulture));
        yield return ("tokenizer", model.Tokenizer is { } known ? Describe(known, config) : model.TokenizerFault!);
    }

    private static string Describe(TextTokenizer tokenizer, ModelConfig config)
    {
        int special = Enumerable.Range(0, tokenizer.VocabularySize).Count(tokenizer.IsSpecial);
        string surplus = tokenizer.VocabularySize > config.VocabularySize ? " (more than the model has rows)" : "";
        return $"{tokenizer.VocabularySize} tokens{surplus}, {special} special; begins with {Tokens(config.BosId ?? tokenizer.BosId)}, "
            + $"ends with {Tokens([.. config.EosIds])}";

        string Tokens(params int?[] ids) =>
            ids is [] or [null] ? "none" : string.Join(", ", ids.Select(id => $"{id} {tokenizer.Piece(id!.Value)}"));
    }

    private static string Window(ModelConfig config)
    {
        int[] windows = [.. config.SlidingWindows.OfType<int>()];
        return windows.Length == 0 ? "" : $", a sliding window of {windows.Max()} in {windows.Length} layers";
    }

    private static Table Tensors(ModelSummary model)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("tensor").AddColumn("type").AddColumn("shape").AddColumn(new TableColumn("times").RightAligned());
        foreach (TensorGroup group in model.Tensors)
        {
            string count = group.Count.ToString(CultureInfo.InvariantCulture);
            string[] cells = [group.Pattern, group.Dtype, string.Join(" x ", group.Shape), count];
            table.AddRow([.. cells.Select(cell => Markup.Escape(OneLine.Of(cell)))]);
        }

        return table;
    }

    /// <summary>Weights, and keys and values of one sequence. CPU kernels keep the latter in float32
    /// unless <c>--kv-dtype</c> says otherwise; CUDA keeps them as the weights.</summary>
    private static Table Memory(ModelSummary model)
    {
        int full = model.Config.MaxPositions;
        int[] contexts = [.. new[] { full / 16, full / 4, full }.Where(length => length > 0).Distinct()];
        Table table = new() { Border = TableBorder.Simple };
        foreach (string name in (string[])["memory", "weights", "a token", .. contexts.Select(length => $"{length} tokens")])
            table.AddColumn(new TableColumn(name).RightAligned());
        AddRow("float32", 4 * model.Parameters, 4);
        AddRow("16 bits, CPU", 2 * model.Parameters, 4);
        AddRow("16 bits, KV too", 2 * model.Parameters, 2);
        AddRow("int8, CPU", model.Parameters + model.Parameters / 16, 4); // a scale of two bytes for 32 weights
        return table;

        void AddRow(string name, long weightBytes, int cacheBytes)
        {
            long token = model.CacheElementsPerToken * cacheBytes;
            table.AddRow([name, Bytes(weightBytes), Bytes(token), .. contexts.Select(length => Bytes(length * token))]);
        }
    }

    private static string Bytes(long count)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double value = count;
        int unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {units[unit]}");
    }
}
