using System.Text.Json;
using AdaptiveServe.Server.OpenAI.Errors;

namespace AdaptiveServe.Server.OpenAI;

/// <summary>Reads the JSON object that a request carries.</summary>
internal static class RequestBody
{
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <exception cref="ApiException">It is not JSON, not an object, or says a field twice.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "invalid_request_error",
                $"The content type must be application/json, not '{context.Request.ContentType}'.", null, "unsupported_media_type");
        }

        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(context.Request.Body, Strict, context.RequestAborted);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // the latter for names of invalid Unicode
        {
            throw ApiException.Invalid(null, $"The body is not valid JSON: {exception.Message}", "invalid_json");
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw ApiException.Invalid(null, "The body must be a JSON object.", "invalid_json");
    }
}
