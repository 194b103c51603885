using System.Globalization;
using System.Text.Json.Nodes;

namespace AdaptiveServe.Lab.Training.Tokenizer;

/// <summary>
/// Spells <c>tokenizer_config.json</c>: which special token has which part, and the chat template. A part whose token the tokenizer does
/// not have is null; so is the template, unless all of its tokens are there.
/// </summary>
internal static class TokenizerConfigDocument
{
    public static JsonObject Create(TrainedTokenizer tokenizer, int modelMaxLength) => new()
    {
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
        ["added_tokens_decoder"] = new JsonObject(tokenizer.SpecialTokens.Select((token, id) =>
            KeyValuePair.Create(id.ToString(CultureInfo.InvariantCulture), (JsonNode?)AddedTokenDocument.Create(token)))),
        ["bos_token"] = null,
        ["eos_token"] = IfPresent(DemoTokens.End, tokenizer),
        ["pad_token"] = IfPresent(DemoTokens.Pad, tokenizer),
        ["unk_token"] = null,
        ["model_max_length"] = modelMaxLength,
        ["clean_up_tokenization_spaces"] = false,
        ["chat_template"] = DemoTokens.All.All(tokenizer.SpecialTokens.Contains) ? DemoChatTemplate.Source : null,
    };

    private static string? IfPresent(string token, TrainedTokenizer tokenizer) => tokenizer.SpecialTokens.Contains(token) ? token : null;
}
