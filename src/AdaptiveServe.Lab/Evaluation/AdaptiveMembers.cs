using System.Text.Json;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>Reads the fields of <c>--adaptive</c> that are objects. A null is an absent member, as in a request.</summary>
internal static class AdaptiveMembers
{
    /// <exception cref="LabException">A member is unknown or of a wrong type.</exception>
    public static EntropySwitchingOptions Entropy(JsonProperty field)
    {
        EntropySwitchingOptions options = new();
        foreach (JsonProperty member in Members(field))
        {
            options = member.Name switch
            {
                "threshold" => options with { Threshold = Number(field, member) },
                "threshold_down" => options with { ThresholdDown = Number(field, member) },
                "window" => options with { Window = Whole(field, member) },
                "min_dwell" => options with { MinDwell = Whole(field, member) },
                _ => throw Unknown(field, member),
            };
        }

        return options;
    }

    /// <param name="field">The object.</param>
    /// <param name="options">What holds where a member is absent.</param>
    /// <exception cref="LabException">A member is unknown or of a wrong type.</exception>
    public static SpeculationOptions Speculation(JsonProperty field, SpeculationOptions options)
    {
        foreach (JsonProperty member in Members(field))
        {
            options = member.Name switch
            {
                "max_draft" => options with { MaxDraft = Whole(field, member) },
                "min_draft" => options with { MinDraft = Whole(field, member) },
                "threshold" => options with { Threshold = Number(field, member) },
                _ => throw Unknown(field, member),
            };
        }

        return options;
    }

    private static IEnumerable<JsonProperty> Members(JsonProperty field) => field.Value.ValueKind == JsonValueKind.Object
        ? field.Value.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null)
        : throw new LabException($"--adaptive: '{field.Name}' must be an object");

    private static double Number(JsonProperty field, JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw new LabException($"--adaptive: '{field.Name}.{member.Name}' must be a number");

    private static int Whole(JsonProperty field, JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out int number)
            ? number
            : throw new LabException($"--adaptive: '{field.Name}.{member.Name}' must be a whole number");

    private static LabException Unknown(JsonProperty field, JsonProperty member) =>
        new($"--adaptive: there is no field '{field.Name}.{OneLine.Of(member.Name)}'");
}
