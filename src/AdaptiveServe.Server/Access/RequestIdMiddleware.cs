namespace AdaptiveServe.Server.Access;

/// <summary>Gives each request the id that its client sent, or a new one, and returns it.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next)
{
    public const string Header = "X-Request-Id";

    private const int MaxLength = 128;

    public Task InvokeAsync(HttpContext context)
    {
        // An id of a client goes into logs and headers, so it must look like one.
        context.TraceIdentifier = context.Request.Headers[Header] is [{ Length: > 0 and <= MaxLength } id] && id.All(IsIdCharacter)
            ? id
            : $"req-{Guid.CreateVersion7():N}";
        context.Response.Headers[Header] = context.TraceIdentifier;
        return next(context);
    }

    private static bool IsIdCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or ':' or '/' or '+' or '=';
}
