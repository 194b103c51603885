using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.LayerRouting;

/// <summary>Trains what chooses the layers of a model by the prompt.</summary>
internal static class TrainLayerRoutersCommand
{
    public static Verb Create()
    {
        Verb verb = new("layer-routers", "Trains what chooses the layers of a model by the prompt (Dr.LLM, FiRST).",
            "train layer-routers --method drllm --model models/demo/large --suite demo --out models/demo/large");
        TrainLayerRoutersArguments arguments = new(verb);
        verb.SetAction(async (parsed, cancellation) =>
        {
            TrainLayerRoutersOptions options = arguments.Read(parsed);
            await (options.IsFirst
                ? GateTraining.RunAsync(options, parsed.InvocationConfiguration, cancellation)
                : BottleneckTraining.RunAsync(options, parsed.InvocationConfiguration, cancellation));
            return ExitCode.Success;
        });
        return verb;
    }
}
