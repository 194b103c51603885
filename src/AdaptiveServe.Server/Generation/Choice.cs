using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.Telemetry;
using AdaptiveServe.Text.Streaming;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Server.Generation;

/// <summary>One answer while it is generated: tokens of its sequence become text, up to a stop string. One reader.</summary>
internal sealed class Choice
{
    private readonly IncrementalDetokenizer _detokenizer;
    private readonly StopStringMatcher _stop;
    private readonly Queue<TokenText> _heldTokens = new();
    private readonly List<TokenText> _settledTokens = [];
    private readonly int[] _tokensByRole = new int[2];
    private readonly bool _trace;
    private readonly RequestRecord _record;
    private ModelRole? _lastRole;
    private int _receivedLength, _emittedLength;
    private bool _hasEnded;

    public Choice(int index, Sequence sequence, TextTokenizer tokenizer, StopStrings stop, bool trace, RequestRecord record)
    {
        Index = index;
        Sequence = sequence;
        _trace = trace;
        _record = record;
        _detokenizer = new IncrementalDetokenizer(tokenizer, sequence.Tokens[..sequence.PromptLength]);
        _stop = new StopStringMatcher(stop);
    }

    public int Index { get; }

    public Sequence Sequence { get; }

    /// <summary>Tokens that were generated, the one that ended the answer included.</summary>
    public int CompletionTokens { get; private set; }

    /// <summary><c>stop</c> or <c>length</c> once the answer is complete.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Times the generating model changed.</summary>
    public int Switches { get; private set; }

    /// <summary>Tokens whose text is settled since the last read, for log-probabilities and traces. Valid until the next read.</summary>
    public IReadOnlyList<TokenText> SettledTokens => _settledTokens;

    /// <summary>Of the completion tokens, those drawn from a model.</summary>
    public int TokensOf(ModelRole role) => _tokensByRole[(int)role];

    /// <summary>
    /// Of the completion tokens, those that the large model generated or ran over to catch up. The engine may be some tokens ahead of a
    /// reader that found a stop string.
    /// </summary>
    public int ProcessedByLarge => Math.Clamp(Sequence.Stats.ProcessedByLarge, TokensOf(ModelRole.Large), CompletionTokens);

    /// <summary>Waits until there is something to read; false when the answer is complete and was read.</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        if (FinishReason is not null) return false;
        _hasEnded = !await Sequence.Output.WaitToReadAsync(cancellation);
        return true;
    }

    /// <summary>Takes the next token, or the end, that is there.</summary>
    /// <param name="text">What it settles, possibly nothing.</param>
    /// <returns>False when nothing is there now.</returns>
    /// <exception cref="ApiException">The sequence failed or was ended from outside.</exception>
    public bool TryRead(out string text)
    {
        text = "";
        _settledTokens.Clear();
        if (FinishReason is not null) return false;
        if (Sequence.Output.TryRead(out GeneratedToken token)) text = Take(token);
        else if (_hasEnded) text = End(Sequence.FinishReason!.Value); // not before: the engine's thread writes it until the stream ends
        else return false;

        _emittedLength += text.Length;
        SettleTokens();
        return true;
    }

    private string Take(in GeneratedToken token)
    {
        Count(token.Role);
        _record.OnToken(token);
        if (_trace || (Sequence.Sampling.Logprobs is not null && !token.IsStop)) _heldTokens.Enqueue(new TokenText(token, _receivedLength, !token.IsStop));
        if (token.IsStop) return "";
        string raw = _detokenizer.Append(token.Id);
        _receivedLength += raw.Length;
        if (CompletionTokens <= Sequence.Sampling.MinTokens) return raw; // stop strings count after the least length, as end tokens do
        string text = _stop.Append(raw);
        if (_stop.Matched is null) return text;
        FinishReason = "stop";
        Sequence.Cancel();
        return text;
    }

    private void Count(ModelRole role)
    {
        CompletionTokens++;
        _tokensByRole[(int)role]++;
        if (_lastRole is { } last && last != role) Switches++;
        _lastRole = role;
    }

    private string End(FinishReason reason)
    {
        string text = _stop.Append(_detokenizer.Flush());
        if (_stop.Matched is null) text += _stop.Flush();
        FinishReason = reason switch
        {
            Engine.Sequences.FinishReason.Stop => "stop",
            Engine.Sequences.FinishReason.Length => _stop.Matched is null ? "length" : "stop",
            Engine.Sequences.FinishReason.Error => throw ApiException.Failed(Sequence.Error ?? "The engine failed."),
            _ => throw ApiException.Unavailable("The server stopped before the answer was complete.", "server_stopping", TimeSpan.FromSeconds(5)),
        };
        return text;
    }

    /// <summary>A token is settled when some of its text was given out, or when the answer ended.</summary>
    private void SettleTokens()
    {
        while (_heldTokens.TryPeek(out TokenText held) && (FinishReason is not null || held.TextOffset < _emittedLength))
        {
            _heldTokens.Dequeue();
            bool isCut = _stop.Matched is not null && held.TextOffset >= _emittedLength;
            if (!isCut || _trace) _settledTokens.Add(held with { IsInText = held.IsInText && !isCut });
        }
    }
}
