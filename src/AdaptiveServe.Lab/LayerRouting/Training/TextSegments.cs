using AdaptiveServe.Lab.Speculation;
using AdaptiveServe.Torch.Compute;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>Which tokens of a batch are prompts and which replies, and of which text.</summary>
internal sealed class TextSegments
{
    private readonly Tensor _promptText, _shares, _replyText, _isReply;
    private readonly int _texts;

    public TextSegments(PackedTexts batch, IReadOnlyList<Answer> texts)
    {
        List<long> prompt = [], promptText = [];
        List<float> shares = [];
        List<int> rows = [], targets = [];
        long[] replyText = new long[batch.Tokens.Length];
        float[] isReply = new float[batch.Tokens.Length];
        _texts = batch.Texts.Count;
        for (int i = 0; i < _texts; i++)
        {
            (int index, int start) = batch.Texts[i];
            Answer text = texts[index];
            for (int at = 0; at < text.Tokens.Length; at++)
            {
                if (at < text.PromptLength)
                {
                    prompt.Add(start + at);
                    promptText.Add(i);
                    shares.Add(1f / text.PromptLength);
                }
                else
                {
                    (replyText[start + at], isReply[start + at]) = (i, 1);
                    rows.Add(start + at - 1);
                    targets.Add(text.Tokens[at]);
                }
            }
        }

        (Prompt, _promptText, _shares) = (tensor(prompt.ToArray()), tensor(promptText.ToArray()), tensor(shares.ToArray()));
        (_replyText, _isReply) = (tensor(replyText), tensor(isReply));
        (Rows, Targets) = ([.. rows], [.. targets]);
    }

    /// <summary>The tokens of prompts.</summary>
    public Tensor Prompt { get; }

    /// <summary>Where the next token counts.</summary>
    public int[] Rows { get; }

    /// <summary>That token.</summary>
    public int[] Targets { get; }

    /// <summary>From a number for each token the mean over each text's prompt: [texts].</summary>
    public Tensor Mean(Tensor values)
    {
        using Scalar one = 1;
        return zeros(_texts).index_add(0, _promptText, values.index_select(0, Prompt) * _shares, one);
    }

    /// <summary>From a number for each text one for each token of its reply, and 1 for other tokens: [tokens, 1].</summary>
    public Tensor Spread(Tensor values)
    {
        using Scalar one = 1;
        Tensor less = values.sub(one).index_select(0, _replyText) * _isReply; // 0 behind prompts: 1 + 0
        return less.Plus(one).unsqueeze(1);
    }
}
