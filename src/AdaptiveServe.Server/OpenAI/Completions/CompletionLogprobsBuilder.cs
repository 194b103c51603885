using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Text.Streaming;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Server.OpenAI.Completions;

/// <summary>Fills <see cref="CompletionLogprobs"/>.</summary>
internal static class CompletionLogprobsBuilder
{
    /// <summary>The tokens of a prompt; its text begins the answer.</summary>
    public static void AddPrompt(this CompletionLogprobs logprobs, TextTokenizer tokenizer, ReadOnlySpan<int> prompt, IReadOnlyList<TokenLogprob[]> entries)
    {
        int offset = 0;
        var detokenizer = new IncrementalDetokenizer(tokenizer); // tokens can be parts of a character
        for (int position = 0; position < prompt.Length; position++)
        {
            int id = prompt[position];
            TokenLogprob[] entry = position < entries.Count ? entries[position] : []; // none for the first token
            logprobs.Add(
                TokenSpelling.Text(tokenizer, id), entry.Length == 0 ? null : entry[0].Logprob, offset, entry.Length == 0 ? null : Top(tokenizer, entry));
            offset += detokenizer.Append(id).Length;
        }
    }

    /// <summary>Tokens of the answer.</summary>
    public static void AddTokens(this CompletionLogprobs logprobs, TextTokenizer tokenizer, IReadOnlyList<TokenText> tokens, int offset)
    {
        foreach (TokenText token in tokens)
        {
            if (!token.IsInText) continue;
            TokenLogprob[] all = [new(token.Token.Id, token.Token.Logprob), .. token.Token.TopLogprobs ?? []];
            logprobs.Add(TokenSpelling.Text(tokenizer, token.Token.Id), token.Token.Logprob, offset + token.TextOffset, Top(tokenizer, all));
        }
    }

    private static void Add(this CompletionLogprobs logprobs, string text, float? logprob, int offset, IReadOnlyDictionary<string, float>? top)
    {
        logprobs.Tokens.Add(text);
        logprobs.TokenLogprobs.Add(logprob);
        logprobs.TextOffset.Add(offset);
        logprobs.TopLogprobs.Add(top);
    }

    /// <summary>The most likely tokens and the one that was taken. Of several that spell alike the most likely one stays.</summary>
    private static Dictionary<string, float> Top(TextTokenizer tokenizer, TokenLogprob[] entries)
    {
        var top = new Dictionary<string, float>(entries.Length);
        foreach (TokenLogprob entry in entries.OrderByDescending(entry => entry.Logprob)) top.TryAdd(TokenSpelling.Text(tokenizer, entry.Id), entry.Logprob);
        return top;
    }
}
