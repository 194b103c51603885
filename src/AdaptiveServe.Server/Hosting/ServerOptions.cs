using System.ComponentModel.DataAnnotations;

namespace AdaptiveServe.Server.Hosting;

/// <summary>How the service shows itself.</summary>
public sealed class ServerOptions
{
    /// <value>Addresses to listen on, separated by semicolons. Default <c>http://127.0.0.1:8080</c>.</value>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:8080";

    /// <value>Name of the model in the API; by default the name of its folder.</value>
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._/+-]{0,127}", ErrorMessage = "must be letters, digits and . _ / + - (no colon), at most 128")]
    public string? ServedModelName { get; set; }

    /// <value>File of the chat template; by default the model folder's own.</value>
    public string? ChatTemplate { get; set; }

    /// <value>Seconds that a request may take; 0 sets no limit. A client may ask for less with a header. Default 600.</value>
    [Range(0, 86400)]
    public int RequestTimeout { get; set; } = 600;

    /// <value>Seconds that running requests may go on after a signal to stop. Default 30.</value>
    [Range(0, 3600)]
    public int ShutdownGrace { get; set; } = 30;

    /// <value>Least severe events that are logged. Default Information.</value>
    public Serilog.Events.LogEventLevel LogLevel { get; set; } = Serilog.Events.LogEventLevel.Information;
}
