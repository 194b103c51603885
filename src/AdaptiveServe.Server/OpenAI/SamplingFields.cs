using System.Text.Json;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI;

/// <summary>The fields that say how tokens are chosen, alike in both completion endpoints.</summary>
internal static class SamplingFields
{
    public const int MaxLogprobs = 20, MaxChoices = 128;

    public static readonly NumberField Temperature = new("temperature", 0, 2);
    public static readonly NumberField TopP = new("top_p", 0, 1, excludesMinimum: true);
    public static readonly IntegerField TopK = new("top_k", -1, int.MaxValue);
    public static readonly NumberField MinP = new("min_p", 0, 1);
    public static readonly NumberField PresencePenalty = new("presence_penalty", -2, 2);
    public static readonly NumberField FrequencyPenalty = new("frequency_penalty", -2, 2);
    public static readonly NumberField RepetitionPenalty = new("repetition_penalty", 0.01, 10);
    public static readonly LogitBiasField LogitBias = new();
    public static readonly IntegerField Seed = new("seed", long.MinValue, long.MaxValue);
    public static readonly StopField Stop = new();
    public static readonly TokenIdsField StopTokenIds = new("stop_token_ids", 256);
    public static readonly IntegerField MinTokens = new("min_tokens", 0, int.MaxValue);
    public static readonly BooleanField IgnoreEos = new("ignore_eos");
    public static readonly IntegerField N = new("n", 1, MaxChoices);
    public static readonly IntegerField Priority = new("priority", int.MinValue, int.MaxValue);

    public static IReadOnlyList<IField> All { get; } =
    [
        Temperature, TopP, TopK, MinP, PresencePenalty, FrequencyPenalty, RepetitionPenalty, LogitBias, Seed, Stop, StopTokenIds, MinTokens,
        IgnoreEos, N, Priority,
    ];

    /// <summary>Everything but token limits and log-probabilities, which the endpoints spell differently.</summary>
    public static SamplingParams Read(JsonElement body, ServedModel model)
    {
        var sampling = new SamplingParams
        {
            Temperature = (float)(Temperature.Read(body) ?? 1),
            TopP = (float)(TopP.Read(body) ?? 1),
            TopK = (int)Math.Max(0, TopK.Read(body) ?? 0), // -1 and 0 both keep all
            MinP = (float)(MinP.Read(body) ?? 0),
            PresencePenalty = (float)(PresencePenalty.Read(body) ?? 0),
            FrequencyPenalty = (float)(FrequencyPenalty.Read(body) ?? 0),
            RepetitionPenalty = (float)(RepetitionPenalty.Read(body) ?? 1),
            LogitBias = LogitBias.Read(body),
            Seed = (ulong)(Seed.Read(body) ?? Random.Shared.NextInt64()),
            StopTokenIds = StopTokenIds.Read(body) ?? [],
            IgnoreEos = IgnoreEos.Read(body) ?? false,
        };
        foreach (int token in sampling.StopTokenIds) RequireInVocabulary(StopTokenIds.Name, token, model);
        foreach (int token in sampling.LogitBias?.Keys ?? []) RequireInVocabulary(LogitBias.Name, token, model);
        return sampling;
    }

    /// <summary>Adds the token limits.</summary>
    public static SamplingParams WithLimits(SamplingParams sampling, JsonElement body, int maxTokens, ServedModel model)
    {
        int minTokens = (int)(MinTokens.Read(body) ?? 0);
        if (minTokens > 0 && EndTokens(sampling, model) == model.Engine.Info.VocabularySize)
            throw ApiException.Invalid(StopTokenIds.Name, "Invalid 'stop_token_ids': with 'min_tokens', at least one token must not end the answer.");
        if (minTokens > maxTokens)
            throw ApiException.Invalid(MinTokens.Name, $"Invalid 'min_tokens': {minTokens} is more than the {maxTokens} tokens that are generated at most.");
        return sampling with { MaxTokens = maxTokens, MinTokens = minTokens };
    }

    private static int EndTokens(SamplingParams sampling, ServedModel model) =>
        sampling.StopTokenIds.Concat(sampling.IgnoreEos ? [] : model.Engine.Info.EosIds).Distinct().Count();

    public static void RequireInVocabulary(string field, int token, ServedModel model)
    {
        if ((uint)token >= (uint)model.Engine.Info.VocabularySize)
        {
            throw ApiException.Invalid(
                field, $"Invalid '{field}': there is no token {token}; the vocabulary has the tokens 0 to {model.Engine.Info.VocabularySize - 1}.");
        }
    }
}
