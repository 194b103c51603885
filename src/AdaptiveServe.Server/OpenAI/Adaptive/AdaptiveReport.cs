using System.Text.Json.Serialization;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;

namespace AdaptiveServe.Server.OpenAI.Adaptive;

/// <summary>The <c>adaptive</c> object of an answer: what was spent on it, all choices added up.</summary>
/// <param name="Target">What distribution was sampled.</param>
/// <param name="Proposal">Who drafted.</param>
/// <param name="Exact">True when the output has the large model's own distribution.</param>
/// <param name="Tokens">Completion tokens by model.</param>
/// <param name="Forwards">Forward passes that the request took part in.</param>
/// <param name="Drafted">Proposed tokens.</param>
/// <param name="Accepted">Those that verification accepted.</param>
/// <param name="Switches">Times the generating model changed.</param>
/// <param name="Layers">Layers of the large model, summed over the tokens that it generated.</param>
internal sealed record AdaptiveReport(
    string Target, string Proposal, bool Exact, TokensByModel Tokens, ForwardsByModel Forwards, int Drafted, int Accepted, int Switches, LayerCounts Layers)
{
    /// <summary>What a request for a quality was given.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PickedSetting? Picked { get; init; }

    /// <summary>
    /// For each choice what the router that read the prompt went by, a number for each layer; null without a trace, or such a router.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IReadOnlyList<float>>? LayerScores { get; init; }

    /// <summary>One record for each completion token, when asked for and not sent with the parts of a stream.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TraceRecord>? Trace { get; init; }

    public static AdaptiveReport Of(RunningGeneration generation)
    {
        IReadOnlyList<Choice> choices = generation.Choices;
        GenerationRequest request = generation.Request;
        int small = choices.Sum(choice => choice.TokensOf(ModelRole.Small)), large = choices.Sum(choice => choice.TokensOf(ModelRole.Large));
        int accepted = choices.Sum(choice => choice.Sequence.Stats.Accepted); // first: where a stop string ended a choice, both may still grow
        return new AdaptiveReport(
            request.Adaptive.Target, request.Adaptive.Proposal, request.Adaptive.IsExact,
            new TokensByModel(small, large, choices.Sum(choice => choice.ProcessedByLarge)),
            new ForwardsByModel(choices.Sum(choice => choice.Sequence.Stats.SmallForwards), choices.Sum(choice => choice.Sequence.Stats.LargeForwards)),
            choices.Sum(choice => choice.Sequence.Stats.Drafted), accepted,
            choices.Sum(choice => choice.Switches),
            LayerCounts.Of(generation))
        {
            Picked = PickedSetting.Of(request.Adaptive.Picked),
            LayerScores = request.Adaptive.Trace ? ScoresOf(choices) : null,
        };
    }

    private static IReadOnlyList<float>[]? ScoresOf(IReadOnlyList<Choice> choices)
    {
        IReadOnlyList<float>[] scores = [.. choices.Select(choice => choice.Sequence.RouteScores).OfType<IReadOnlyList<float>>()];
        return scores.Length > 0 ? scores : null;
    }
}

/// <param name="Small">Drawn from the small model.</param>
/// <param name="Large">Drawn from the large model, verified drafts included.</param>
/// <param name="ProcessedByLarge">Completion tokens that the large model generated or ran over to catch up.</param>
internal sealed record TokensByModel(int Small, int Large, int ProcessedByLarge);

internal sealed record ForwardsByModel(int Small, int Large);

/// <param name="Executed">Layers that ran.</param>
/// <param name="Skipped">Layers that were left out.</param>
/// <param name="Repeated">Layers that ran a second time.</param>
internal sealed record LayerCounts(long Executed, long Skipped, long Repeated)
{
    public static LayerCounts Of(RunningGeneration generation)
    {
        (long executed, long skipped, long repeated) = generation.LargeLayers;
        return new LayerCounts(executed, skipped, repeated);
    }
}

/// <summary>What is known of one completion token.</summary>
/// <param name="Token">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="Role">The model that it was drawn from.</param>
/// <param name="Entropy">Of that model's raw distribution, in bits.</param>
/// <param name="Drafted">Whether a drafter had proposed it.</param>
/// <param name="Outcome"><c>generated</c>, <c>accepted</c>, or <c>corrected</c> in the place of a refused draft.</param>
/// <param name="Layers">Layers that ran for it.</param>
internal sealed record TraceRecord(string Token, int Id, string Role, float Entropy, bool Drafted, string Outcome, int Layers)
{
    /// <summary>Those of them that were void for it; null with other routers than <c>lac</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<int>? VoidLayers { get; init; }

    public static TraceRecord Of(in GeneratedToken token, ServedModel model) => new(
        TokenSpelling.Text(model.Tokenizer, token.Id), token.Id, token.Role == ModelRole.Small ? "small" : "large", token.Entropy,
        token.Drafted, token.Drafted ? "accepted" : token.IsCorrection ? "corrected" : "generated",
        token.Route?.Layers.Count ?? model.Engine.Info.Layers(token.Role))
    {
        VoidLayers = token.VoidLayers,
    };
}

/// <summary>The <c>adaptive</c> object of one part of a stream: the records of its tokens.</summary>
internal sealed record AdaptiveTrace(IReadOnlyList<TraceRecord> Trace);
