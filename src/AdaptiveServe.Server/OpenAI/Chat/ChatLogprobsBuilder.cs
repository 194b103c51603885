using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Server.OpenAI.Chat;

/// <summary>Fills <see cref="ChatLogprobs"/>.</summary>
internal static class ChatLogprobsBuilder
{
    public static void AddTokens(this ChatLogprobs logprobs, TextTokenizer tokenizer, IReadOnlyList<TokenText> tokens)
    {
        foreach (TokenText token in tokens)
        {
            if (!token.IsInText) continue;
            int id = token.Token.Id;
            logprobs.Content.Add(new ChatTokenLogprob(
                TokenSpelling.Text(tokenizer, id), token.Token.Logprob, Bytes(tokenizer, id),
                [.. (token.Token.TopLogprobs ?? []).Select(top => Top(tokenizer, top))]));
        }
    }

    private static ChatTopLogprob Top(TextTokenizer tokenizer, TokenLogprob top) =>
        new(TokenSpelling.Text(tokenizer, top.Id), top.Logprob, Bytes(tokenizer, top.Id));

    private static int[] Bytes(TextTokenizer tokenizer, int id)
    {
        ReadOnlySpan<byte> bytes = tokenizer.Bytes(id).Span;
        var numbers = new int[bytes.Length];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = bytes[i];
        return numbers;
    }
}
