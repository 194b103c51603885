using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Training;
using TorchSharp;

namespace AdaptiveServe.Lab.Speculation;

/// <summary>Reads whole texts with the small model: one pass gives what it would draft at every place.</summary>
internal sealed class DrafterPass : IDisposable
{
    private const int MaxRowLength = 1024, TokensPerForward = 2048;

    private readonly TrainableDecoder _decoder;
    private readonly int _rowLength;

    /// <param name="folder">The small model.</param>
    /// <exception cref="ModelLoadException">It cannot be loaded.</exception>
    public DrafterPass(string folder)
    {
        NativeTorch.Load();
        ModelConfig config = ModelConfig.Load(folder);
        _rowLength = Math.Min(config.MaxPositions, MaxRowLength);
        _decoder = new TrainableDecoder(
            config, TrainableDecoder.Load(folder, config, torch.CPU), _rowLength, torch.CPU, torch.float32);
    }

    /// <summary>Longest text, in tokens.</summary>
    public int MaxLength => _rowLength;

    public int HiddenSize => _decoder.Config.HiddenSize;

    /// <summary>What it would draft in the place of each token of an answer.</summary>
    /// <param name="texts">None longer than <see cref="MaxLength"/>.</param>
    /// <param name="promptLengths">Where each answer begins.</param>
    public IReadOnlyList<DraftSignals> Read(IReadOnlyList<int[]> texts, IReadOnlyList<int> promptLengths)
    {
        var signals = new DraftSignals[texts.Count];
        int[] order = [.. Enumerable.Range(0, texts.Count).OrderByDescending(i => texts[i].Length)];
        int rowsPerForward = Math.Max(1, TokensPerForward / _rowLength);
        foreach (int[][] batch in Pack(texts, order).Chunk(rowsPerForward)) Read(texts, promptLengths, batch, signals);
        return signals;
    }

    public void Dispose() => _decoder.Dispose();

    /// <summary>First-fit: which texts share a row.</summary>
    private List<int[]> Pack(IReadOnlyList<int[]> texts, int[] order)
    {
        const int OpenRows = 32;
        List<int[]> rows = [];
        List<(List<int> Texts, int Room)> open = [];
        foreach (int text in order)
        {
            int length = texts[text].Length, at = open.FindIndex(row => row.Room >= length);
            if (at < 0)
            {
                if (open.Count == OpenRows)
                {
                    rows.Add([.. open[0].Texts]);
                    open.RemoveAt(0);
                }

                open.Add(([], _rowLength));
                at = open.Count - 1;
            }

            open[at].Texts.Add(text);
            open[at] = (open[at].Texts, open[at].Room - length);
        }

        rows.AddRange(open.Select(row => row.Texts.ToArray()));
        return rows;
    }

    private void Read(IReadOnlyList<int[]> texts, IReadOnlyList<int> promptLengths, int[][] batch, DraftSignals[] signals)
    {
        int[] tokens = new int[batch.Length * _rowLength], positions = new int[tokens.Length];
        List<int> wanted = [];
        List<(int Text, int Count)> parts = [];
        for (int row = 0; row < batch.Length; row++)
        {
            int place = row * _rowLength, end = place + _rowLength;
            foreach (int text in batch[row])
            {
                texts[text].CopyTo(tokens, place);
                for (int i = 0; i < texts[text].Length; i++) positions[place + i] = i;
                int count = texts[text].Length - promptLengths[text];
                wanted.AddRange(Enumerable.Range(place + promptLengths[text] - 1, count)); // the token before gives the place's distribution
                parts.Add((text, count));
                place += texts[text].Length;
            }

            for (int i = 0; place < end; i++, place++) positions[place] = i; // padding is a text of its own
        }

        _decoder.Read(tokens, positions, [.. wanted], (states, logits) =>
        {
            using torch.Tensor logprobs = logits.log_softmax(1), top = logprobs.argmax(1, keepdim: true), best = logprobs.gather(1, top);
            using torch.Tensor probabilities = logprobs.exp(), products = probabilities.mul_(logprobs), negative = products.sum(1);
            long[] ids = [.. top.flatten().data<long>()];
            float[] values = [.. best.flatten().data<float>()], nats = [.. negative.data<float>()], hidden = [.. states.contiguous().data<float>()];
            int from = 0, width = HiddenSize;
            foreach ((int text, int count) in parts)
            {
                signals[text] = new DraftSignals(
                    [.. ids.AsSpan(from, count).ToArray().Select(id => (int)id)],
                    [.. nats.AsSpan(from, count).ToArray().Select(value => (float)Math.Max(0, -value / Math.Log(2)))],
                    values.AsSpan(from, count).ToArray(), hidden.AsSpan(from * width, count * width).ToArray());
                from += count;
            }
        });
    }
}
