using System.Threading.Channels;

namespace AdaptiveServe.Engine.Sequences;

/// <summary>The generated tokens of one sequence, from the engine thread to one reader.</summary>
/// <remarks>Unbounded, because its length is bounded by the request's token limit: a slow reader never holds up the engine.</remarks>
public sealed class TokenStream
{
    // Continuations run on the pool: a reader's code must never run on the engine thread.
    private readonly Channel<GeneratedToken> _channel = Channel.CreateUnbounded<GeneratedToken>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = false });

    /// <summary>Tokens in order; ends when the sequence is finished, whose <see cref="Sequence.FinishReason"/> is then set.</summary>
    public IAsyncEnumerable<GeneratedToken> ReadAllAsync(CancellationToken cancellationToken = default) =>
        _channel.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Waits for the next token; false when the sequence is finished and every token was read.</summary>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        _channel.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes a token that is there; false when none is.</summary>
    public bool TryRead(out GeneratedToken token) => _channel.Reader.TryRead(out token);

    internal void Write(in GeneratedToken token) => _channel.Writer.TryWrite(token);

    internal void Complete() => _channel.Writer.TryComplete();
}
