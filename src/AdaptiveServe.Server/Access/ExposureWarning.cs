using System.Net;

namespace AdaptiveServe.Server.Access;

/// <summary>Warns when other machines may ask and no key is needed.</summary>
internal sealed partial class ExposureWarning(ApiKeys keys, ILogger<ExposureWarning> logger)
{
    /// <param name="addresses">Where the server listens.</param>
    public void Check(IEnumerable<string> addresses)
    {
        if (keys.IsGuarded) return;
        foreach (string address in addresses.Where(IsExposed)) Log.Exposed(logger, address);
    }

    private static bool IsExposed(string address)
    {
        BindingAddress binding = BindingAddress.Parse(address);
        if (binding.IsUnixPipe || binding.IsNamedPipe || binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return false;
        return !IPAddress.TryParse(binding.Host, out IPAddress? ip) || !IPAddress.IsLoopback(ip);
    }

    private static partial class Log
    {
        [LoggerMessage(40, LogLevel.Warning, "Whoever reaches {Address} may use this server: no API key is set (--api-key, --api-key-file)")]
        public static partial void Exposed(ILogger logger, string address);
    }
}
