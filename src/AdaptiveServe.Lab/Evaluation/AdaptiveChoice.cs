using System.Text.Json;
using AdaptiveServe.Engine.Strategies;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Engine.Strategies.Targets.Controls;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Adaptive;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>How sequences are computed, as the <c>adaptive</c> object of a request or the suffix of a model's name says it.</summary>
internal sealed record AdaptiveChoice
{
    private static readonly string[] Known =
        ["target", "proposal", "stop", "exact", "quality", "entropy", "cascade", "control", "speculation", "routing", "trace"];

    /// <value>Name of the target strategy. Default <c>large</c>.</value>
    public string Target { get; init; } = "large";

    /// <value>Name of the proposal strategy. Default <c>none</c>.</value>
    public string Proposal { get; init; } = StrategyRegistry.NoProposal;

    /// <value>
    /// Share of the large model's quality that the calibration beside it chooses <see cref="Entropy"/> by (<see cref="Resolve"/>); null for
    /// what that says itself.
    /// </value>
    public double? Quality { get; init; }

    /// <value>Of the target <c>entropy</c>; other targets do not look at it.</value>
    public EntropySwitchingOptions Entropy { get; init; } = new();

    /// <value>Of the target <c>routed</c>; other targets do not look at it.</value>
    public RoutingOptions Routing { get; init; } = new();

    /// <value>Of the target <c>cascade</c>; other targets do not look at it.</value>
    public CascadeOptions Cascade { get; init; } = new();

    /// <value>Of the targets <c>random</c> and <c>periodic</c>; other targets do not look at it.</value>
    public ControlOptions Control { get; init; } = new();

    /// <value>Of the proposals; without one nobody looks at it.</value>
    public SpeculationOptions Speculation { get; init; } = new();

    /// <param name="json">A JSON object with the fields of a request's.</param>
    /// <exception cref="LabException">It is wrong, or asks for what is not built.</exception>
    public static AdaptiveChoice Parse(JsonElement json)
    {
        AdaptiveChoice choice = new();
        foreach (JsonProperty field in json.EnumerateObject()) choice = choice.With(field);
        if (choice.Quality is not null) choice = choice.ForQuality(json);
        return choice.Checked();
    }

    /// <summary>The same with the calibrated setting for <see cref="Quality"/>, where that is given.</summary>
    /// <param name="models">The pair, beside whose large model the calibration lies.</param>
    /// <exception cref="LabException">There is no pair, or no calibration.</exception>
    public AdaptiveChoice Resolve(TorchRunnerOptions models)
    {
        if (Quality is not { } quality) return this;
        EntropyCalibration? calibration = models.SmallModel is { } small ? EntropyCalibration.Find(models.Model, small) : null;
        return calibration is not null
            ? this with { Quality = null, Entropy = calibration.Pick(quality).ToOptions() }
            : throw new LabException(
                $"--adaptive: 'quality' needs a pair with {EntropyCalibration.FileName} beside the large model (calibrate entropy)");
    }

    /// <param name="alias"><c>NAME:SUFFIX</c>; the name is anything, the suffix one of those that a server knows.</param>
    /// <exception cref="LabException">There is no such suffix, or what it stands for is not built.</exception>
    public static AdaptiveChoice OfAlias(string alias)
    {
        int colon = alias.LastIndexOf(':');
        if (colon <= 0) throw new LabException($"--alias '{OneLine.Of(alias)}' is not of the form NAME:SUFFIX, such as demo:large");
        return (alias[(colon + 1)..] switch
        {
            "large" or "small" or "entropy" or "routed" => new AdaptiveChoice { Target = alias[(colon + 1)..] },
            "speculative" => new AdaptiveChoice { Proposal = "small" },
            var suffix => throw new LabException($"--alias: there is no suffix '{OneLine.Of(suffix)}'"),
        }).Checked();
    }

    private AdaptiveChoice With(JsonProperty field) => field.Name switch
    {
        _ when field.Value.ValueKind == JsonValueKind.Null && Known.Contains(field.Name) => this,
        "target" => this with { Target = Text(field) },
        "proposal" => this with { Proposal = Text(field) },
        "stop" => this with { Speculation = Speculation with { Stop = Text(field) } },
        "quality" => this with { Quality = Share(field) },
        "entropy" => this with { Entropy = AdaptiveMembers.Entropy(field) },
        "routing" => this with { Routing = AdaptiveMembers.Routing(field) },
        "cascade" => this with { Cascade = AdaptiveMembers.Cascade(field) },
        "control" => this with { Control = AdaptiveMembers.Control(field) },
        "speculation" => this with { Speculation = AdaptiveMembers.Speculation(field, Speculation) },
        _ when Known.Contains(field.Name) => throw new LabException($"--adaptive: '{field.Name}' is not built yet, or changes no reply"),
        _ => throw new LabException($"--adaptive: there is no field '{OneLine.Of(field.Name)}'"),
    };

    /// <summary>As a server takes it: the quality chooses what else would be said of switching.</summary>
    private AdaptiveChoice ForQuality(JsonElement json)
    {
        bool Says(string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;
        if (Says("target") && Target != "entropy")
            throw new LabException("--adaptive: 'quality' chooses a setting of the target 'entropy'");
        if (Says("entropy")) throw new LabException("--adaptive: 'quality' chooses what 'entropy' would set");
        return this with { Target = "entropy" };
    }

    private static double Share(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetDouble(out double share) && share is > 0 and <= 1
            ? share
            : throw new LabException($"--adaptive: '{field.Name}' must be a number above 0, up to 1");

    private static string Text(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.String
            ? field.Value.GetString()!
            : throw new LabException($"--adaptive: '{field.Name}' must be a string");

    /// <summary>What the engine has is built.</summary>
    private AdaptiveChoice Checked()
    {
        StrategyRegistry built = StrategyRegistry.BuiltIn;
        if (!built.TryGetTarget(Target, out ITargetStrategy? target)) throw NotBuilt("target", Target, built.TargetNames);
        if (!built.TryGetProposal(Proposal, out IProposalStrategy? proposal)) throw NotBuilt("proposal", Proposal, built.ProposalNames);
        if (target.IsDraftedBySmall && proposal is { NeedsSmall: false })
            throw new LabException($"the target '{Target}' is drafted by the small model; the proposal '{Proposal}' does not fit");
        EnsureInRange();
        return this;
    }

    private void EnsureInRange()
    {
        try
        {
            Entropy.Validate();
            Cascade.Validate();
            Control.Validate();
            Speculation.Validate();
            Routing.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new LabException($"--adaptive: {OneLine.Of(exception.Message)}", exception);
        }
    }

    private static LabException NotBuilt(string field, string name, IEnumerable<string> built) =>
        new($"the {field} '{OneLine.Of(name)}' is not built; built: {string.Join(", ", built.Order(StringComparer.Ordinal))}");
}
