using System.Net.Sockets;
using System.Text;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>A connection to a server on which a test writes what no client would.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new();

    private NetworkStream Stream => _client.GetStream();

    public static async Task<RawConnection> OpenAsync(TestServer server)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        return connection;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await Stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>A POST whose head promises that many bytes of a body.</summary>
    public Task SendHeadAsync(string path, int length) =>
        SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");

    /// <summary>A whole POST.</summary>
    public async Task SendPostAsync(string path, string body)
    {
        await SendHeadAsync(path, Encoding.UTF8.GetByteCount(body));
        await SendAsync(Encoding.UTF8.GetBytes(body));
    }

    /// <summary>Reads until a text came; the whole answer up to it.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        var read = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!read.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await Stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.True(count > 0, $"the server closed the connection after: {read}");
            read.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return read.ToString();
    }

    /// <summary>Everything until the server closes the connection, in whatever way.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var read = new StringBuilder();
        byte[] buffer = new byte[4096];
        try
        {
            while (await Stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and int count)
                read.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (IOException)
        {
            // reset: what was still to be read on the other side is lost
        }

        return read.ToString();
    }

    /// <summary>Leaves without a word.</summary>
    public void Reset()
    {
        _client.LingerState = new LingerOption(true, 0);
        _client.Close();
    }

    public void Dispose() => _client.Dispose();
}
