using System.Globalization;
using System.Text.Json;

namespace AdaptiveServe.Server.OpenAI.Fields;

/// <summary><c>stop_token_ids</c>: token ids. Whether they are in the vocabulary is checked with the model.</summary>
internal sealed class TokenIdsField(string name, int maxCount) : Field<IReadOnlyList<int>>(name)
{
    public int MaxCount { get; } = maxCount;

    protected override string Expected => "an array of token ids";

    protected override IReadOnlyList<int>? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw WrongType(value);
        if (value.GetArrayLength() > MaxCount) throw Invalid($"must have at most {MaxCount} ids.", "array_too_long");
        return [.. value.EnumerateArray().Select(id =>
            id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int token) ? token : throw WrongType(id))];
    }
}

/// <summary><c>logit_bias</c>: token id to a number in [-100, 100].</summary>
internal sealed class LogitBiasField() : Field<IReadOnlyDictionary<int, float>>("logit_bias")
{
    public const int MaxCount = 1024;
    public const float Limit = 100;

    protected override string Expected => "an object of token ids and numbers";

    protected override IReadOnlyDictionary<int, float>? Parse(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw WrongType(value);
        var biases = new Dictionary<int, float>();
        foreach (JsonProperty entry in value.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int token))
                throw Invalid($"'{Shorten(entry.Name)}' is not a token id.");
            if (entry.Value.ValueKind != JsonValueKind.Number) throw WrongType(entry.Value);
            float bias = entry.Value.GetSingle();
            if (!(Math.Abs(bias) <= Limit)) throw Invalid($"the bias of token {token} must be between {-Limit} and {Limit}.", "out_of_range");
            if (!biases.TryAdd(token, bias)) throw Invalid($"token {token} occurs twice.");
            if (biases.Count > MaxCount) throw Invalid($"must have at most {MaxCount} tokens.", "object_too_large");
        }

        return biases;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
