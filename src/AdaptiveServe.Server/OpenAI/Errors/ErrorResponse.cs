namespace AdaptiveServe.Server.OpenAI.Errors;

/// <summary>The body of every answer that is not a success.</summary>
internal sealed record ErrorResponse(ErrorBody Error)
{
    public static ErrorResponse From(ApiException exception) =>
        new(new ErrorBody(exception.Message, exception.Type, exception.Param, exception.Code));
}

/// <param name="Message">What is wrong, for people.</param>
/// <param name="Type">The class of error.</param>
/// <param name="Param">The field at fault, or null.</param>
/// <param name="Code">A word for programs, or null.</param>
internal sealed record ErrorBody(string Message, string Type, string? Param, string? Code);
