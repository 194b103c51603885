using System.ComponentModel.DataAnnotations;

namespace AdaptiveServe.Server.Access;

/// <summary>Who may ask, how much, and from where.</summary>
public sealed class AccessOptions
{
    /// <value>Keys of which every request but those for health must carry one; none by default: everybody may ask.</value>
    public IReadOnlyList<string> ApiKey { get; set => field = [.. value.Where(key => key.Length > 0)]; } = [];

    /// <value>File of more keys, one a line; empty lines and lines that begin with # are skipped.</value>
    public string? ApiKeyFile { get; set; }

    /// <value>Generation requests a minute for each key, or for each address where there are no keys; 0 sets no limit. Default 0.</value>
    [Range(0, 1_000_000)]
    public int RequestsPerMinute { get; set; }

    /// <value>Bytes of a request's body at most. Default 16 MiB.</value>
    [Range(1024, 1L << 30)]
    public long MaxRequestBytes { get; set; } = 16 << 20;

    /// <value>Origins whose web pages may ask, or <c>*</c>; none by default.</value>
    public IReadOnlyList<string> CorsOrigin { get; set => field = [.. value.Where(origin => origin.Length > 0)]; } = [];
}
