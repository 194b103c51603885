using AdaptiveServe.Server.Generation;

namespace AdaptiveServe.Server.OpenAI.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal static class ModelsEndpoint
{
    public static Task ListAsync(HttpContext context, ModelDirectory models) =>
        context.Response.WriteAsJsonAsync(new ModelList("list", [.. models.Names().Select(name => Card(models.Find(name)))]), OpenAIJson.Wire.ModelList);

    public static Task GetAsync(HttpContext context, ModelDirectory models, string id) =>
        context.Response.WriteAsJsonAsync(Card(models.FindListed(id)), OpenAIJson.Wire.ModelCard);

    private static ModelCard Card(ModelSelection selection) => new(
        selection.Name, "model", selection.Model.Created.ToUnixTimeSeconds(), "adaptiveserve", selection.Model.Engine.Info.ContextLength);
}
