using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Tests.Models;

/// <summary>The model's definition written down in float64, a token at a time, without cache, batch or fusion: the oracle for every backend.</summary>
internal sealed class NaiveDecoder(TinyModel model)
{
    private readonly ModelConfig _config = model.Config;
    private readonly RotaryFrequencies _rotary = RotaryFrequencies.For(model.Config);

    /// <summary>Log-probabilities of the next token after each of the tokens.</summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="layers">The layers to run, in order; null for all. The second pass of one is a layer like any other.</param>
    /// <param name="start">So many tokens run through all layers, each once, and only those after them through the named ones.</param>
    /// <param name="observe">Shown all states before the first layer (-1) and behind each: the layer, and [tokens][hidden size].</param>
    public double[][] LogProbabilities(
        ReadOnlySpan<int> tokens, IReadOnlyCollection<int>? layers = null, int start = 0, Action<int, double[][]>? observe = null)
    {
        double[] table = model["model.embed_tokens.weight"];
        var hidden = new double[tokens.Length][];
        for (int i = 0; i < hidden.Length; i++) hidden[i] = table.AsSpan(tokens[i] * _config.HiddenSize, _config.HiddenSize).ToArray();
        IEnumerable<int> all = Enumerable.Range(0, _config.Layers);
        observe?.Invoke(-1, hidden);
        foreach (int layer in start > 0 ? all : layers ?? all)
        {
            RunLayer(layer, layers is null || layers.Contains(layer) ? hidden : hidden[..start]);
            observe?.Invoke(layer, hidden);
        }

        double[] head = _config.TieWordEmbeddings ? table : model["lm_head.weight"];
        return [.. hidden.Select(row => LogSoftmax(Multiply(Norm(row, model["model.norm.weight"]), head, [])))];
    }

    private void RunLayer(int layer, double[][] hidden)
    {
        string prefix = $"model.layers.{layer}.", attention = prefix + "self_attn.", mlp = prefix + "mlp.";
        int dim = _config.HeadDim, group = _config.AttentionHeads / _config.KeyValueHeads;
        var queries = new double[hidden.Length][][];
        var keys = new double[hidden.Length][][];
        var values = new double[hidden.Length][][];
        for (int i = 0; i < hidden.Length; i++)
        {
            double[] normed = Norm(hidden[i], model[prefix + "input_layernorm.weight"]);
            queries[i] = Heads(Project(attention + "q_proj", normed), attention + "q_norm.weight", i);
            keys[i] = Heads(Project(attention + "k_proj", normed), attention + "k_norm.weight", i);
            values[i] = [.. Project(attention + "v_proj", normed).Chunk(dim)];
        }

        for (int i = 0; i < hidden.Length; i++)
        {
            int first = _config.SlidingWindowFor(layer) is { } window ? Math.Max(0, i - window + 1) : 0;
            var attended = new double[_config.AttentionHeads * dim];
            for (int head = 0; head < _config.AttentionHeads; head++)
            {
                double[] weights = [.. Enumerable.Range(first, i + 1 - first)
                    .Select(j => queries[i][head].Zip(keys[j][head / group], (q, k) => q * k).Sum() / Math.Sqrt(dim))];
                double[] logs = LogSoftmax(weights);
                for (int j = first; j <= i; j++)
                    for (int d = 0; d < dim; d++) attended[head * dim + d] += Math.Exp(logs[j - first]) * values[j][head / group][d];
            }

            Add(hidden[i], Project(attention + "o_proj", attended));
            double[] normed = Norm(hidden[i], model[prefix + "post_attention_layernorm.weight"]);
            double[] gate = Project(mlp + "gate_proj", normed), up = Project(mlp + "up_proj", normed);
            Add(hidden[i], Project(mlp + "down_proj", [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)]));
        }
    }

    private double[][] Heads(double[] all, string norm, int position)
    {
        double[][] heads = [.. all.Chunk(_config.HeadDim)];
        if (_config.QueryKeyNorm) heads = [.. heads.Select(head => Norm(head, model[norm]))];
        int half = _config.HeadDim / 2;
        foreach (double[] head in heads)
        {
            for (int i = 0; i < half; i++)
            {
                double angle = position * (double)_rotary.Inverse[i];
                double cosine = Math.Cos(angle) * _rotary.AttentionFactor, sine = Math.Sin(angle) * _rotary.AttentionFactor;
                (head[i], head[i + half]) = (head[i] * cosine - head[i + half] * sine, head[i + half] * cosine + head[i] * sine);
            }
        }

        return heads;
    }

    private double[] Project(string name, double[] input) => Multiply(input, model[name + ".weight"], model[name + ".bias"]);

    private double[] Norm(double[] row, double[] weight)
    {
        double scale = 1 / Math.Sqrt(row.Sum(x => x * x) / row.Length + _config.RmsNormEpsilon);
        return [.. row.Zip(weight, (x, w) => x * scale * w)];
    }

    private static double[] Multiply(double[] input, double[] weight, double[] bias)
    {
        var output = new double[weight.Length / input.Length];
        for (int o = 0; o < output.Length; o++)
        {
            for (int i = 0; i < input.Length; i++) output[o] += input[i] * weight[o * input.Length + i];
            if (bias.Length > 0) output[o] += bias[o];
        }

        return output;
    }

    private static double[] LogSoftmax(double[] logits)
    {
        double max = logits.Max(), sum = Math.Log(logits.Sum(logit => Math.Exp(logit - max))) + max;
        return [.. logits.Select(logit => logit - sum)];
    }

    private static void Add(double[] target, double[] addend)
    {
        for (int i = 0; i < target.Length; i++) target[i] += addend[i];
    }
}
