using System.Text.Json.Nodes;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>Requests that draft whatever forwards cost: a model without tensors costs nothing that could be measured.</summary>
internal static class Drafting
{
    /// <param name="adaptive">A JSON object as a request has it in <c>adaptive</c>.</param>
    public static string Always(string adaptive)
    {
        JsonObject settings = JsonNode.Parse(adaptive)!.AsObject();
        settings.TryAdd("speculation", new JsonObject());
        settings["speculation"]!["governed"] = false;
        return settings.ToJsonString();
    }
}
