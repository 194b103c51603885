namespace AdaptiveServe.Server.OpenAI.Errors;

/// <summary>A request that is answered with OpenAI's error body.</summary>
internal sealed class ApiException(int status, string type, string message, string? param = null, string? code = null) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>OpenAI's class of error, such as <c>invalid_request_error</c>.</summary>
    public string Type { get; } = type;

    /// <summary>The field at fault, if one is.</summary>
    public string? Param { get; } = param;

    /// <summary>A word for programs, such as <c>model_not_found</c>.</summary>
    public string? Code { get; } = code;

    /// <summary>When to try again; sent as <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ApiException Invalid(string? param, string message, string code = "invalid_value") =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", message, param, code);

    public static ApiException NotSupported(string param, string message) => Invalid(param, message, "not_supported");

    public static ApiException Unavailable(string message, string code, TimeSpan retryAfter) =>
        new(StatusCodes.Status503ServiceUnavailable, "service_unavailable_error", message, null, code) { RetryAfter = retryAfter };

    /// <summary>What a client is told of a defect: that it happened.</summary>
    public static ApiException Unexpected() => Failed("The server failed while it answered this request.");

    public static ApiException Failed(string message) => new(StatusCodes.Status500InternalServerError, "server_error", message, null, "internal_error");
}
