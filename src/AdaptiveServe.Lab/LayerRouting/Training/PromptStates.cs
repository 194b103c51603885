using System.Runtime.InteropServices;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Native;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Training;
using TorchSharp;

namespace AdaptiveServe.Lab.LayerRouting.Training;

/// <summary>What routers of three classes see of prompts: for each layer the means of windows of the states that go into it.</summary>
/// <param name="Values">[prompts, layers, <see cref="PromptWindows.MaxCount"/>, hidden size]; a short prompt has zeros in the place of the windows that it lacks.</param>
/// <param name="Windows">How many windows each prompt has.</param>
/// <param name="Layers">Of the model.</param>
/// <param name="Width">Hidden size.</param>
internal sealed record PromptStates(float[] Values, int[] Windows, int Layers, int Width)
{
    private const int RowsAtATime = 8, RowLength = 256; // prompts are short, and attention takes memory with the square of a row

    public int Stride => PromptWindows.MaxCount * Width;

    /// <summary>Reads prompts with all layers of a model, as the server does.</summary>
    /// <param name="folder">The model.</param>
    /// <param name="prompts">None longer than its context.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static PromptStates Read(string folder, IReadOnlyList<int[]> prompts, CancellationToken cancellation)
    {
        NativeTorch.Load();
        ModelConfig config = ModelConfig.Load(folder);
        int rowLength = Math.Min(config.MaxPositions, Math.Max(RowLength, prompts.Max(prompt => prompt.Length)));
        using TrainableDecoder decoder = new(config, TrainableDecoder.Load(folder, config, torch.CPU), rowLength, torch.CPU, torch.float32);
        int width = config.HiddenSize, stride = PromptWindows.MaxCount * width;
        float[] values = new float[(long)prompts.Count * config.Layers * stride], means = new float[width];
        int[] windows = new int[prompts.Count];
        foreach (PackedTexts batch in PackedTexts.Of(prompts, rowLength, RowsAtATime))
        {
            cancellation.ThrowIfCancellationRequested();
            decoder.ReadHidden(batch.Tokens, batch.Positions, (layer, hidden) =>
            {
                using torch.Tensor host = hidden.contiguous();
                ReadOnlySpan<float> states = MemoryMarshal.Cast<byte, float>(host.bytes);
                foreach ((int text, int start) in batch.Texts)
                {
                    int length = prompts[text].Length;
                    PromptWindows pooled = new(length, depths: 1, width);
                    pooled.Add(0, 0, states.Slice(start * width, length * width));
                    windows[text] = pooled.Count;
                    for (int window = 0; window < pooled.Count; window++)
                    {
                        pooled.Mean(0, window, means);
                        means.CopyTo(values, (text * config.Layers + layer) * stride + window * width);
                    }
                }
            });
        }

        return new PromptStates(values, windows, config.Layers, width);
    }

    /// <summary>Some of the prompts.</summary>
    public PromptStates Take(IReadOnlyList<int> prompts)
    {
        int each = Layers * Stride;
        float[] values = new float[prompts.Count * each];
        for (int i = 0; i < prompts.Count; i++) Values.AsSpan(prompts[i] * each, each).CopyTo(values.AsSpan(i * each));
        return new PromptStates(values, [.. prompts.Select(prompt => Windows[prompt])], Layers, Width);
    }
}
