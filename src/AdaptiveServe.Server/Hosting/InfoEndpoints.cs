using System.Reflection;
using AdaptiveServe.Server.OpenAI;
using AdaptiveServe.Server.OpenAI.Models;

namespace AdaptiveServe.Server.Hosting;

/// <summary><c>GET /version</c> and <c>GET /openapi.yaml</c>.</summary>
internal static class InfoEndpoints
{
    private static readonly string Version =
        typeof(InfoEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static Task VersionAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new VersionResponse(Version), OpenAIJson.Wire.VersionResponse);

    public static async Task OpenApiAsync(HttpContext context)
    {
        context.Response.ContentType = "application/yaml";
        await using Stream contract = typeof(InfoEndpoints).Assembly.GetManifestResourceStream("openapi.yaml")!;
        await contract.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
