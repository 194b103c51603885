using System.Diagnostics;

namespace AdaptiveServe.Torch.Loading;

/// <summary>The rotary frequencies of a model, in double precision, as Hugging Face's <c>modeling_rope_utils</c> defines them.</summary>
/// <param name="Inverse">Radians per position for each of the head dimension / 2 pairs, falling.</param>
/// <param name="AttentionFactor">Multiplies both cosine and sine; 1 except with YaRN.</param>
internal sealed record RotaryFrequencies(float[] Inverse, float AttentionFactor)
{
    public static RotaryFrequencies For(ModelConfig config) => Compute(config.HeadDim, config.RopeTheta, config.RopeScaling);

    public static RotaryFrequencies Compute(int headDim, double theta, RopeScaling scaling)
    {
        double[] plain = new double[headDim / 2];
        for (int i = 0; i < plain.Length; i++) plain[i] = Math.Pow(theta, -2.0 * i / headDim);

        double[] inverse = scaling.Kind switch
        {
            RopeKind.None => plain,
            RopeKind.Linear => Array.ConvertAll(plain, frequency => frequency / scaling.Factor),
            RopeKind.Llama3 => Array.ConvertAll(plain, frequency => Llama3(frequency, scaling)),
            RopeKind.Yarn => Yarn(plain, headDim, theta, scaling),
            _ => throw new UnreachableException(),
        };
        double attentionFactor = scaling.Kind == RopeKind.Yarn ? YarnAttentionFactor(scaling) : 1;
        return new RotaryFrequencies(Array.ConvertAll(inverse, frequency => (float)frequency), (float)attentionFactor);
    }

    private static double Llama3(double frequency, RopeScaling scaling)
    {
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength < scaling.OriginalMaxPositions / scaling.HighFrequencyFactor) return frequency;
        if (wavelength > scaling.OriginalMaxPositions / scaling.LowFrequencyFactor) return frequency / scaling.Factor;

        double kept = (scaling.OriginalMaxPositions / wavelength - scaling.LowFrequencyFactor)
            / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        return (1 - kept) * frequency / scaling.Factor + kept * frequency;
    }

    private static double[] Yarn(double[] plain, int headDim, double theta, RopeScaling scaling)
    {
        double low = DimensionThatTurns(scaling.BetaFast);
        double high = DimensionThatTurns(scaling.BetaSlow);
        if (scaling.Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        low = Math.Max(low, 0);
        high = Math.Min(high, headDim - 1);
        if (low == high) high += 0.001; // a ramp of no width would divide by zero

        double[] inverse = new double[plain.Length];
        for (int i = 0; i < inverse.Length; i++)
        {
            double interpolated = Math.Clamp((i - low) / (high - low), 0, 1);
            inverse[i] = interpolated * plain[i] / scaling.Factor + (1 - interpolated) * plain[i];
        }
        return inverse;

        // The (fractional) index of the pair that turns this often within the original context.
        double DimensionThatTurns(double rotations) =>
            headDim * Math.Log(scaling.OriginalMaxPositions / (rotations * 2 * Math.PI)) / (2 * Math.Log(theta));
    }

    private static double YarnAttentionFactor(RopeScaling scaling)
    {
        if (scaling.AttentionFactor is { } given) return given;
        return scaling is { MScale: { } scale, MScaleAllDim: { } allDim } ? Sharpness(scale) / Sharpness(allDim) : Sharpness(1);

        double Sharpness(double scale) => scaling.Factor <= 1 ? 1 : 0.1 * scale * Math.Log(scaling.Factor) + 1;
    }
}
