using AdaptiveServe.Torch.Adaptive;
using AdaptiveServe.Torch.Loading;
using AdaptiveServe.Torch.Tests.Loading;
using TorchSharp;

namespace AdaptiveServe.Torch.Tests.Adaptive;

public class AcceptanceHeadTests
{
    private const int Hidden = 6;

    [Theory, InlineData(3, false, false), InlineData(3, true, false), InlineData(2, false, true), InlineData(1, true, true)]
    public void Score_Blocks_EqualsDefinition(int blocks, bool shares, bool extras)
    {
        using TempFolder folder = new();
        using Weights weights = new(shares ? 1 : blocks, extras);
        string path = Save(folder, weights, blocks, shares);
        AcceptanceHead head = AcceptanceHead.Load(path, Hidden, "pair");
        float[] state = [0.3f, -1.2f, 0.5f, 2, -0.7f, 0.1f];

        double[] x = [.. state.Select(value => (double)value)];
        for (int block = 0; block < blocks; block++)
        {
            int stored = shares ? 0 : block;
            double[] sums = [.. Enumerable.Range(0, Hidden).Select(i =>
                weights.Bias(stored, i) + Enumerable.Range(0, Hidden).Sum(j => weights.Block(stored, i, j) * x[j]))];
            x = [.. x.Select((value, i) => value + sums[i] / (1 + Math.Exp(-sums[i])))];
        }

        double[] seen = extras ? [.. x, 1.5, -0.4] : x;
        double logit = weights.Logit(1, seen) - weights.Logit(0, seen);
        Assert.Equal(1 / (1 + Math.Exp(-logit)), head.Score(state, 1.5f, -0.4f), 5);
    }

    [Fact]
    public void Load_OfAnotherPair_IsRefused()
    {
        using TempFolder folder = new();
        using Weights weights = new(1, extras: false);
        string path = Save(folder, weights, 1, shares: true);
        Assert.Contains("another pair", Assert.Throws<ModelLoadException>(() => AcceptanceHead.Load(path, Hidden, "other")).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(Hidden + 1, 3), InlineData(Hidden, 4), InlineData(Hidden, 0), InlineData(Hidden, 17)]
    public void Load_WrongWidthOrBlocks_IsRefused(int hidden, int blocks)
    {
        using TempFolder folder = new();
        using Weights weights = new(3, extras: false);
        string path = Save(folder, weights, blocks, shares: false);
        Assert.Throws<ModelLoadException>(() => AcceptanceHead.Load(path, hidden, "pair"));
    }

    [Fact]
    public void Load_ValueThatIsNoNumber_IsRefused()
    {
        using TempFolder folder = new();
        using Weights weights = new(1, extras: false);
        weights.Spoil();
        string path = Save(folder, weights, 1, shares: false);
        Assert.Contains("no numbers", Assert.Throws<ModelLoadException>(() => AcceptanceHead.Load(path, Hidden, "pair")).Message, StringComparison.Ordinal);
    }

    private static string Save(TempFolder folder, Weights weights, int blocks, bool shares)
    {
        string path = folder.File("head.safetensors");
        using FileStream file = File.Create(path);
        Saving.SafetensorsWriter.Write(file, weights.Tensors, new Dictionary<string, string>
        {
            ["pair"] = "pair",
            ["blocks"] = $"{blocks}",
            ["share_blocks"] = shares ? "true" : "false",
            ["scores"] = "next",
        });
        return path;
    }

    private sealed class Weights : IDisposable
    {
        private readonly List<torch.Tensor> _blocks = [], _biases = [];
        private readonly torch.Tensor _output, _outputBias;

        public Weights(int blocks, bool extras)
        {
            using torch.Generator generator = new(7);
            for (int i = 0; i < blocks; i++)
            {
                _blocks.Add(torch.randn([Hidden, Hidden], generator: generator));
                _biases.Add(torch.randn([Hidden], generator: generator));
            }

            _output = torch.randn([2, Hidden + (extras ? 2 : 0)], generator: generator);
            _outputBias = torch.randn([2], generator: generator);
        }

        public IReadOnlyList<(string, torch.Tensor)> Tensors =>
        [
            .. _blocks.Select((weight, i) => ($"blocks.{i}.weight", weight)), .. _biases.Select((bias, i) => ($"blocks.{i}.bias", bias)),
            ("output.weight", _output), ("output.bias", _outputBias),
        ];

        public double Block(int block, int row, int column) => _blocks[block][row, column].item<float>();

        public double Bias(int block, int row) => _biases[block][row].item<float>();

        public double Logit(int row, double[] x) => _outputBias[row].item<float>() + x.Select((value, i) => value * _output[row, i].item<float>()).Sum();

        public void Spoil()
        {
            using TorchSharp.Scalar nan = float.NaN;
            _biases[0].fill_(nan);
        }

        public void Dispose()
        {
            foreach (torch.Tensor tensor in (torch.Tensor[])[.. _blocks, .. _biases, _output, _outputBias]) tensor.Dispose();
        }
    }
}
