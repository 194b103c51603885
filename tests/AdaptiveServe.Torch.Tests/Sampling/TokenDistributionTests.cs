using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Torch.Sampling;

namespace AdaptiveServe.Torch.Tests.Sampling;

public class TokenDistributionTests
{
    public static TheoryData<float, int, float, float> Settings => new()
    {
        { 1f, 0, 1f, 0f }, { 0.7f, 0, 1f, 0f }, { 1.8f, 5, 1f, 0f }, { 1f, 0, 0.8f, 0f }, { 1f, 0, 1f, 0.1f }, { 1.3f, 12, 0.9f, 0.05f }, { 2f, 1, 1f, 0f },
        { 1f, 0, 0.01f, 0f }, { 3f, 29, 0.999f, 0f }, { 0.05f, 0, 0.5f, 1f },
    };

    [Theory, MemberData(nameof(Settings))]
    public void Compute_Setting_EqualsDirectComputation(float temperature, int topK, float topP, float minP)
    {
        var sampling = new SamplingParams { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP };
        var random = new Random(5);
        for (int trial = 0; trial < 200; trial++)
        {
            // Rounded logits make ties; a far one tests what is deep in the tail.
            float[] logits = [.. Enumerable.Range(0, 30).Select(_ => MathF.Round((float)random.NextDouble() * 20, 1) - (random.Next(9) == 0 ? 30 : 0))];
            double[] expected = Direct(logits, sampling);
            var distribution = new TokenDistribution(30);
            distribution.Compute(sampling, [.. logits]);
            for (int token = 0; token < 30; token++) Assert.Equal(expected[token], distribution.Probability(token), 1e-6);
        }
    }

    [Theory, MemberData(nameof(Settings))]
    public void Draw_ManyTimes_FollowsTheDistribution(float temperature, int topK, float topP, float minP)
    {
        var sampling = new SamplingParams { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP };
        float[] logits = [.. Enumerable.Range(0, 30).Select(token => 3f * MathF.Sin(token * 1.7f))];
        Assert.InRange(ChiSquare.PValue(Count(sampling, logits), Direct(logits, sampling)), 1e-4, 1);
    }

    /// <summary>The statistical test must be able to fail: a slightly wrong temperature is another distribution.</summary>
    [Fact]
    public void Draw_WrongTemperature_IsCaughtByTheTest()
    {
        float[] logits = [.. Enumerable.Range(0, 30).Select(token => 3f * MathF.Sin(token * 1.7f))];
        double[] expected = Direct(logits, new SamplingParams { Temperature = 1f });
        Assert.True(ChiSquare.PValue(Count(new SamplingParams { Temperature = 1.05f }, logits), expected) < 1e-6);
    }

    private static int[] Count(SamplingParams sampling, float[] logits)
    {
        var distribution = new TokenDistribution(logits.Length);
        distribution.Compute(sampling, [.. logits]);
        var counts = new int[logits.Length];
        for (int position = 0; position < 200_000; position++)
            counts[distribution.Draw(CounterRandom.Uniform(9, position, RandomPurpose.Sample))]++;
        return counts;
    }

    /// <summary>The definition, with sorting and float64.</summary>
    private static double[] Direct(float[] logits, SamplingParams sampling)
    {
        double max = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp((logit - max) / sampling.Temperature))];
        int[] order = [.. Enumerable.Range(0, weights.Length).OrderByDescending(token => logits[token]).ThenBy(token => token)];
        IEnumerable<int> kept = sampling.TopK > 0 ? order.Take(sampling.TopK) : order;
        double mass = kept.Sum(token => weights[token]), reached = 0;
        if (sampling.TopP < 1)
        {
            kept = kept.ToList().TakeWhile(token =>
            {
                bool isWanted = reached < sampling.TopP * mass;
                reached += weights[token];
                return isWanted;
            });
        }

        int[] final = [.. kept.ToList().Where(token => weights[token] >= sampling.MinP)];
        double total = final.Sum(token => weights[token]);
        var probabilities = new double[weights.Length];
        foreach (int token in final) probabilities[token] = weights[token] / total;
        return probabilities;
    }
}
