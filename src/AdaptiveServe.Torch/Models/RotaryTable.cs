using AdaptiveServe.Torch.Loading;
using TorchSharp;

namespace AdaptiveServe.Torch.Models;

/// <summary>Cosines and sines of the rotary embedding (Su et al. 2021) for every position: [positions, head dimension / 2] each, float32.</summary>
internal sealed class RotaryTable : IDisposable
{
    public RotaryTable(ModelConfig config, int positions, torch.Device device)
    {
        RotaryFrequencies frequencies = RotaryFrequencies.For(config);
        int half = frequencies.Inverse.Length;
        var cosines = new float[(long)positions * half];
        var sines = new float[(long)positions * half];
        for (int position = 0; position < positions; position++)
        {
            for (int i = 0; i < half; i++)
            {
                // The angle is rounded to float32 first, as the models were trained with.
                (float sine, float cosine) = MathF.SinCos(position * frequencies.Inverse[i]);
                cosines[position * half + i] = cosine * frequencies.AttentionFactor;
                sines[position * half + i] = sine * frequencies.AttentionFactor;
            }
        }

        Cosines = torch.tensor(cosines, [positions, half], torch.float32, device);
        Sines = torch.tensor(sines, [positions, half], torch.float32, device);
    }

    public torch.Tensor Cosines { get; }

    public torch.Tensor Sines { get; }

    public void Dispose()
    {
        Cosines.Dispose();
        Sines.Dispose();
    }
}
