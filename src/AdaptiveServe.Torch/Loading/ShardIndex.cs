namespace AdaptiveServe.Torch.Loading;

/// <summary>The file that says which shard of a checkpoint holds which tensor.</summary>
internal static class ShardIndex
{
    /// <summary>Reads <c>weight_map</c>: tensor name to the plain file name of its shard.</summary>
    public static Dictionary<string, string> Read(string path) => JsonFile.Parse(path, root =>
    {
        JsonSection map = root.OptionalSection("weight_map") ?? throw root.Refuse("weight_map", "is missing");
        Dictionary<string, string> shards = new(StringComparer.Ordinal);
        foreach ((string tensor, string shard) in map.AllTexts())
        {
            shards.Add(tensor, IsPlainFileName(shard) ? shard : throw map.Refuse(
                ModelLoadException.Quote(tensor), $"names the shard {ModelLoadException.Quote(shard)}, which is not a plain file name"));
        }
        return shards.Count > 0 ? shards : throw root.Refuse("weight_map", "is empty");
    });

    // Separators of every system are refused, so that a model folder means the same everywhere and never reaches outside itself.
    private static bool IsPlainFileName(string name) =>
        name.EndsWith(".safetensors", StringComparison.Ordinal) && !name.Any(c => c is '/' or '\\' or ':' || char.IsControl(c));
}
