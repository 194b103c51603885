using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using AdaptiveServe.Server.OpenAI.Errors;

namespace AdaptiveServe.Server.OpenAI;

/// <summary>Reads the JSON object that a request carries.</summary>
internal static class RequestBody
{
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <exception cref="ApiException">It is not JSON, not an object, says a field twice, or has a text that is not valid Unicode.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "invalid_request_error",
                $"The content type must be application/json, not '{context.Request.ContentType}'.", null, "unsupported_media_type");
        }

        byte[] bytes = await ReadAllAsync(context.Request.BodyReader, context.RequestAborted);
        if (!Utf8.IsValid(bytes)) throw ApiException.Invalid(null, "The body is not valid UTF-8.", "invalid_unicode");
        JsonDocument document = Parse(bytes);
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw ApiException.Invalid(null, "The body must be a JSON object.", "invalid_json");
    }

    private static JsonDocument Parse(byte[] bytes)
    {
        try
        {
            CheckEscapes(bytes);
            return JsonDocument.Parse(bytes, Strict);
        }
        catch (JsonException exception)
        {
            throw ApiException.Invalid(null, $"The body is not valid JSON: {exception.Message}", "invalid_json");
        }
    }

    /// <summary>Escapes can spell half a surrogate pair, which is no text: found here, so that nobody later has to think of it.</summary>
    private static void CheckEscapes(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || !reader.ValueIsEscaped) continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw ApiException.Invalid(null, $"The body has a string that is not valid Unicode, at byte {reader.TokenStartIndex}.", "invalid_unicode");
            }
        }
    }

    private static async Task<byte[]> ReadAllAsync(PipeReader body, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult result = await body.ReadAsync(cancellation);
            if (!result.IsCompleted)
            {
                body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }

            byte[] bytes = result.Buffer.ToArray();
            body.AdvanceTo(result.Buffer.End);
            return bytes;
        }
    }
}
