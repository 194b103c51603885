using System.Net.Sockets;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>Connections below HTTP.</summary>
internal static class Loopback
{
    /// <summary>Waits until nobody listens at an address any more.</summary>
    public static Task WaitUntilRefusedAsync(Uri address) => Poll.UntilAsync(() => !Accepts(address), "refusing connections");

    private static bool Accepts(Uri address)
    {
        try
        {
            using var client = new TcpClient(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
