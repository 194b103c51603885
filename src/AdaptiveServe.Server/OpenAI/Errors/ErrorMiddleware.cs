using System.Globalization;

namespace AdaptiveServe.Server.OpenAI.Errors;

/// <summary>Gives every failure OpenAI's error body. Nothing of an unexpected exception but its occurrence leaves the server.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (IsEmptyError(context.Response)) await WriteAsync(context, ForStatus(context));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left; there is nobody to answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Translate(exception, context.TraceIdentifier));
        }
    }

    private static bool IsEmptyError(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null };

    private static async Task WriteAsync(HttpContext context, ApiException error)
    {
        HttpResponse response = context.Response;
        response.StatusCode = error.Status;
        if (error.RetryAfter is { } delay)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await response.WriteAsJsonAsync(ErrorResponse.From(error), OpenAIJson.Wire.ErrorResponse);
    }

    private ApiException Translate(Exception exception, string requestId)
    {
        switch (exception)
        {
            case ApiException refused:
                return refused;
            case BadHttpRequestException bad: // the server's own refusals while it reads: too large, too slow, malformed
                return new ApiException(bad.StatusCode, "invalid_request_error", bad.Message, null,
                    bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "request_too_large" : "bad_request");
            default:
                Log.Unexpected(logger, requestId, exception);
                return ApiException.Unexpected();
        }
    }

    private static ApiException ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound =>
            new(404, "invalid_request_error", $"There is nothing at {context.Request.Method} {context.Request.Path}.", null, "unknown_url"),
        StatusCodes.Status405MethodNotAllowed =>
            new(405, "invalid_request_error", $"{context.Request.Path} does not take {context.Request.Method}.", null, "method_not_allowed"),
        int status => new(status, "invalid_request_error", $"The request was refused with status {status}."),
    };

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Error, "The request {RequestId} failed unexpectedly")]
        public static partial void Unexpected(ILogger logger, string requestId, Exception exception);
    }
}
