using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace AdaptiveServe.Server.Tests.Harness;

/// <summary>The program itself, as a process of its own; killed when disposed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();

    private ServerProcess(IReadOnlyList<string> args, Dictionary<string, string> environment, string? folder)
    {
        string program = OperatingSystem.IsWindows() ? "adaptiveserve.exe" : "adaptiveserve";
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote to both of its streams.</summary>
    public string Output
    {
        get
        {
            lock (_gate) return _output.ToString();
        }
    }

    /// <param name="args">The command line.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="folder">The current folder of the program; by default that of this process.</param>
    public static ServerProcess Start(IReadOnlyList<string> args, Dictionary<string, string>? environment = null, string? folder = null) =>
        new(args, environment ?? [], folder);

    /// <summary>A client of the server once it is ready.</summary>
    /// <param name="receiveBuffer">Bytes that the client's side holds before they are read; null takes the system's choice.</param>
    public async Task<HttpClient> WaitUntilReadyAsync(int? receiveBuffer = null)
    {
        string? address = null;
        await Poll.UntilAsync(() => (address = Address()) is not null || _process.HasExited, "starting");
        Assert.True(address is not null, Output);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                if (receiveBuffer is { } bytes) socket.ReceiveBufferSize = bytes;
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri(address), Timeout = Poll.Limit };
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(IReadOnlyList<string> args, Dictionary<string, string>? environment = null)
    {
        await using ServerProcess process = Start(args, environment);
        return (await process.WaitForExitAsync(), process.Output);
    }

    public async Task<int> WaitForExitAsync()
    {
        using var late = new CancellationTokenSource(Poll.Limit);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(late.Token, TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(any.Token);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop, as an operating system or a container does.</summary>
    public void Terminate()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private string? Address()
    {
        const string Before = " on http://";
        string output = Output;
        int at = output.IndexOf(Before, StringComparison.Ordinal);
        int end = at < 0 ? -1 : output.IndexOf(',', at);
        return end < 0 ? null : output[(at + " on ".Length)..end];
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_gate) _output.AppendLine(line);
    }
}
