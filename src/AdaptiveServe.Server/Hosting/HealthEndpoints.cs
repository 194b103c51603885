using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Models;

namespace AdaptiveServe.Server.Hosting;

/// <summary>
/// For probes: <c>/health/live</c>, the process is worth keeping; <c>/health/ready</c> and <c>/health</c>, requests are taken.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>An engine that has failed does not recover: whoever keeps the server running must start it again.</summary>
    public static Task LiveAsync(HttpContext context, ModelDirectory models)
    {
        RefuseFailed(models.Loaded);
        return WriteOkAsync(context);
    }

    public static Task ReadyAsync(HttpContext context, ModelDirectory models)
    {
        ServedModel model = models.Require();
        RefuseFailed(model);
        if (!model.Engine.IsReady) throw ApiException.Unavailable("The server is stopping.", "server_stopping", Retry);
        return WriteOkAsync(context);
    }

    private static void RefuseFailed(ServedModel? model)
    {
        if (model?.Engine.IsFaulted == true)
            throw ApiException.Unavailable("The engine has failed and the server must be restarted.", "engine_failed", Retry);
    }

    private static Task WriteOkAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new HealthResponse("ok"), OpenAIJson.Wire.HealthResponse);
}
