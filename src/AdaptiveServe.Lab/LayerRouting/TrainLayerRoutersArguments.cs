using System.CommandLine;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Torch.Routing;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>The options of training routers on the command line.</summary>
internal sealed class TrainLayerRoutersArguments
{
    private const string LabelsName = "layer-labels.jsonl";
    private const int DefaultCount = 600, DefaultRank = 8;

    private readonly Option<string> _method = new("--method")
    {
        Description = $"drllm searches the shortest correct path of each prompt and trains {BottleneckRouter.FileName}; "
            + $"first trains {GateRouter.FileName} on the model's replies, and {AdapterOutput.Folder} for these gates.",
        HelpName = "drllm|first",
        Required = true,
    };
    private readonly Option<string> _model = new("--model") { Description = "Folder of the model.", HelpName = "DIR", Required = true };
    private readonly Option<string> _suite = new("--suite") { Description = "demo, or a file as eval takes it.", HelpName = "demo|JSONL", Required = true };
    private readonly Option<string> _output = new("--out")
    {
        Description = "Where the file comes; the server looks for it in the model's folder.",
        HelpName = "DIR",
        Required = true,
    };
    private readonly Option<string?> _labels = new("--labels")
    {
        Description = $"Of drllm: what the search finds, a line for each prompt; a search that was ended goes on. By default {LabelsName} in --out.",
        HelpName = "JSONL",
    };
    private readonly Option<string?> _plot = new("--plot") { Description = "Of drllm: draw how often each layer is left out, by task.", HelpName = "SVG" };
    private readonly Option<string> _paths = new("--paths")
    {
        Description = "Of drllm: what a prompt is labelled with. shortest: the shortest correct path that a search finds; "
            + "sure: layers left out in the order of the ranking as long as every such path is correct.",
        HelpName = "shortest|sure",
        DefaultValueFactory = _ => "shortest",
    };
    private readonly NumberOption<int> _count = new("--count", $"Prompts at most; by default {DefaultCount}.", 20, EvaluationSuite.MaxExamples);
    private readonly NumberOption<int> _seed = new("--seed", "By default 1.", 0, int.MaxValue);
    private readonly NumberOption<int> _simulations = new("--simulations", "Of drllm: paths that the tree search looks at for each prompt; by default 50.", 0, 10_000);
    private readonly NumberOption<int> _epochs = new("--epochs", "Passes over the prompts; by default 25 of drllm, 6 of first.", 1, 1000);
    private readonly NumberOption<float> _penalty = new("--penalty", "Of first: weight of open gates in the loss; by default 0.01.", 0, 100);
    private readonly NumberOption<int> _lowRank = new("--low-rank", $"Of first: rank of the adapter; by default {DefaultRank}, and 0 trains none.", 0, 256);
    private readonly NumberOption<int> _adapterEpochs = new("--adapter-epochs", "Of first: passes of the adapter's training; by default 6.", 1, 1000);
    private readonly NumberOption<float> _adapterRate = new("--adapter-rate", "Of first: peak of the adapter's learning rate; by default 4e-4.", 1e-8f, 1);
    private readonly Option<bool> _keepGates = new("--keep-gates") { Description = "Of first: train the adapter only, for the gates that lie in --out." };
    private readonly Option<string?> _merge = new("--merge") { Description = "Of first: write the model with the adapter in its weights too.", HelpName = "DIR" };
    private readonly NumberOption<int> _threads = new("--threads", "CPU threads of the search; by default all cores.", 1, 1024);

    public TrainLayerRoutersArguments(Verb verb)
    {
        Option[] all =
        [
            _method, _model, _suite, _output, _labels, _plot, _paths, _count, _seed, _simulations, _epochs, _penalty, _lowRank, _adapterEpochs,
            _adapterRate, _keepGates, _merge, _threads,
        ];
        foreach (Option option in all) verb.Add(option);
        _method.AcceptOnlyFromAmong("drllm", "first");
        _paths.AcceptOnlyFromAmong("shortest", "sure");
    }

    public TrainLayerRoutersOptions Read(ParseResult parsed)
    {
        string output = parsed.GetRequiredValue(_output);
        return new TrainLayerRoutersOptions(
            parsed.GetRequiredValue(_method) == "first", parsed.GetRequiredValue(_model), parsed.GetRequiredValue(_suite), output,
            parsed.GetValue(_labels) ?? Path.Combine(output, LabelsName), parsed.GetValue(_plot), parsed.GetValue(_count) ?? DefaultCount,
            parsed.GetValue(_seed) ?? 1, parsed.GetValue(_threads) ?? 0)
        {
            Simulations = parsed.GetValue(_simulations),
            IsSure = parsed.GetRequiredValue(_paths) == "sure",
            Epochs = parsed.GetValue(_epochs),
            Penalty = parsed.GetValue(_penalty),
            LowRank = parsed.GetValue(_lowRank) ?? DefaultRank,
            AdapterEpochs = parsed.GetValue(_adapterEpochs),
            AdapterRate = parsed.GetValue(_adapterRate),
            Merge = parsed.GetValue(_merge),
            KeepsGates = parsed.GetValue(_keepGates),
        };
    }
}
