using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Sequences;

public class TokenStreamTests
{
    [Fact]
    public async Task ReadAllAsync_TokensBeforeAndAfter_ComeInOrderAndEnd()
    {
        var stream = new TokenStream();
        stream.Write(Token(1));
        var ids = new List<int>();
        Task reading = ReadAsync();
        stream.Write(Token(2));
        stream.Write(Token(3));
        stream.Complete();
        await reading;
        Assert.Equal([1, 2, 3], ids);
        Assert.False(await stream.WaitToReadAsync(TestContext.Current.CancellationToken));

        async Task ReadAsync()
        {
            await foreach (GeneratedToken token in stream.ReadAllAsync(TestContext.Current.CancellationToken)) ids.Add(token.Id);
        }
    }

    [Fact]
    public async Task TryRead_AfterTheEnd_StillGivesWhatWasWritten()
    {
        var stream = new TokenStream();
        Assert.False(stream.TryRead(out _));
        stream.Write(Token(7));
        stream.Complete();
        stream.Write(Token(8)); // too late
        stream.Complete(); // again
        Assert.True(await stream.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.True(stream.TryRead(out GeneratedToken token));
        Assert.Equal(Token(7), token);
        Assert.False(stream.TryRead(out _));
    }

    [Fact]
    public async Task WaitToReadAsync_Cancelled_ThrowsAndLosesNothing()
    {
        var stream = new TokenStream();
        using var cancellation = new CancellationTokenSource();
        ValueTask<bool> waiting = stream.WaitToReadAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        stream.Write(Token(1));
        Assert.True(stream.TryRead(out _));
    }

    private static GeneratedToken Token(int id) =>
        new(id, ModelRole.Large, Entropy: 1.5f, Logprob: -0.5f, TopLogprobs: null, IsStop: false, Drafted: false);
}
