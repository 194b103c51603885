using System.Text.Json;
using AdaptiveServe.Engine.Strategies.Proposals;
using AdaptiveServe.Engine.Strategies.Targets.Cascade;
using AdaptiveServe.Engine.Strategies.Targets.Controls;
using AdaptiveServe.Engine.Strategies.Targets.EntropySwitching;
using AdaptiveServe.Engine.Strategies.Targets.LayerRouting;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>Reads the fields of <c>--adaptive</c> that are objects. A null is an absent member, as in a request.</summary>
internal static class AdaptiveMembers
{
    /// <exception cref="LabException">A member is unknown or of a wrong type.</exception>
    public static EntropySwitchingOptions Entropy(JsonProperty field)
    {
        EntropySwitchingOptions options = new();
        if (field.Value.ValueKind == JsonValueKind.Object && field.Value.TryGetProperty("criterion", out JsonElement criterion))
            options = options.For(Criterion(criterion));
        foreach (JsonProperty member in Members(field))
        {
            options = member.Name switch
            {
                "criterion" => options, // read first: the others' defaults are its own
                "threshold" => options with { Threshold = Number(field, member) },
                "threshold_down" => options with { ThresholdDown = Number(field, member) },
                "replace" => options with { Replace = Boolean(field, member) },
                "window" => options with { Window = Whole(field, member) },
                "min_dwell" => options with { MinDwell = Whole(field, member) },
                _ => throw Unknown(field, member),
            };
        }

        return options;
    }

    /// <exception cref="LabException">A member is unknown or of a wrong type.</exception>
    public static CascadeOptions Cascade(JsonProperty field)
    {
        CascadeOptions options = new();
        foreach (JsonProperty member in Members(field))
        {
            options = member.Name switch
            {
                "rule" => options with { Rule = Text(field, member) },
                "threshold" => options with { Threshold = Number(field, member) },
                _ => throw Unknown(field, member),
            };
        }

        return options;
    }

    /// <exception cref="LabException">A member is unknown or of a wrong type.</exception>
    public static ControlOptions Control(JsonProperty field)
    {
        ControlOptions options = new();
        foreach (JsonProperty member in Members(field))
        {
            options = member.Name switch
            {
                "share" => options with { Share = Number(field, member) },
                "segment" => options with { Segment = Whole(field, member) },
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
                "governed" => options with { Governed = Boolean(field, member) },
                "budget" => options with { Budget = Number(field, member) },
                _ => throw Unknown(field, member),
            };
        }

        return options;
    }

    /// <exception cref="LabException">A member is unknown or of a wrong type.</exception>
    public static RoutingOptions Routing(JsonProperty field)
    {
        RoutingOptions options = new();
        foreach (JsonProperty member in Members(field))
        {
            options = member.Name switch
            {
                "router" => options with { Router = Text(field, member) },
                "budget" => options with { Budget = Number(field, member) },
                "layers" => options with { Layers = Wholes(field, member) },
                "prompt" => options with { Prompt = Text(field, member) },
                _ => throw Unknown(field, member),
            };
        }

        return options;
    }

    private static string Criterion(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => new EntropySwitchingOptions().Criterion,
        JsonValueKind.String when EntropySwitchingOptions.CriterionNames.Contains(value.GetString()!) => value.GetString()!,
        _ => throw new LabException(
            $"--adaptive: 'entropy.criterion' must be one of {string.Join(", ", EntropySwitchingOptions.CriterionNames)}"),
    };

    private static IEnumerable<JsonProperty> Members(JsonProperty field) => field.Value.ValueKind == JsonValueKind.Object
        ? field.Value.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null)
        : throw new LabException($"--adaptive: '{field.Name}' must be an object");

    private static string Text(JsonProperty field, JsonProperty member) => member.Value.ValueKind == JsonValueKind.String
        ? member.Value.GetString()!
        : throw new LabException($"--adaptive: '{field.Name}.{member.Name}' must be a string");

    private static bool Boolean(JsonProperty field, JsonProperty member) => member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? member.Value.GetBoolean()
        : throw new LabException($"--adaptive: '{field.Name}.{member.Name}' must be true or false");

    private static double Number(JsonProperty field, JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw new LabException($"--adaptive: '{field.Name}.{member.Name}' must be a number");

    private static int Whole(JsonProperty field, JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out int number)
            ? number
            : throw new LabException($"--adaptive: '{field.Name}.{member.Name}' must be a whole number");

    private static int[] Wholes(JsonProperty field, JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.Array
        && member.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _))
            ? [.. member.Value.EnumerateArray().Select(item => item.GetInt32())]
            : throw new LabException($"--adaptive: '{field.Name}.{member.Name}' must be a list of whole numbers");

    private static LabException Unknown(JsonProperty field, JsonProperty member) =>
        new($"--adaptive: there is no field '{field.Name}.{OneLine.Of(member.Name)}'");
}
