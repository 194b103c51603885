using System.Globalization;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Benchmarks.Client;

/// <summary>Why a request has no complete answer.</summary>
internal sealed record RequestFailure
{
    private const int MaxCodeLength = 64;

    public const string Http = "http";
    public const string Connection = "connection";
    public const string Timeout = "timeout";
    public const string MalformedStream = "malformed_stream";
    public const string StreamError = "stream_error";

    /// <param name="kind">One of the constants.</param>
    /// <param name="message">What happened, or what the server says.</param>
    /// <param name="status">The HTTP status, where that is the reason.</param>
    /// <param name="code">The server's name for it, where it gives one.</param>
    public RequestFailure(string kind, string message, int? status = null, string? code = null)
    {
        Kind = kind;
        Message = OneLine.Of(message);
        Status = status;
        Code = code is null ? null : OneLine.Of(code.Length > MaxCodeLength ? code[..MaxCodeLength] : code);
    }

    public string Kind { get; }

    public int? Status { get; }

    public string? Code { get; }

    public string Message { get; }

    public override string ToString() => $"{Describe(Kind, Status, Code)}: {Message}";

    /// <summary>What is known of <c>kind status code</c>.</summary>
    public static string Describe(string kind, int? status, string? code) =>
        string.Join(' ', new[] { kind, status?.ToString(CultureInfo.InvariantCulture), code }.Where(part => part is not null));
}
