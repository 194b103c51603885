using AdaptiveServe.Server.OpenAI.Errors;

namespace AdaptiveServe.Server.Access;

/// <summary>Lets requests through that carry a known key, and those for health, which probes send without one.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeys keys)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!keys.IsGuarded || context.Request.Path.StartsWithSegments("/health")) return next(context);
        string? key = ApiKeys.KeyOf(context.Request);
        if (key is not null && keys.Contains(key)) return next(context);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new ApiException(StatusCodes.Status401Unauthorized, "authentication_error",
            key is null ? "No API key: send one as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'." : "The API key is not known.", null, "invalid_api_key");
    }
}
