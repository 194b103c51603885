using AdaptiveServe.Engine;
using AdaptiveServe.Server.Access;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Server.Configuration;

/// <summary>Everything that can be configured. Adding a setting is a property of an options class and a line here.</summary>
internal static class Settings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        Torch("model", "DIR", "Folder of the large model, or of the only one; without it the demo pair is served."),
        Torch("small-model", "DIR", "Folder of the small model of the pair."),
        Torch("adapter", "DIR", "Folder of a low-rank adapter (PEFT, LORA), merged into the large model when it is loaded."),
        Torch("demo", "BOOL", "Serve the demo pair that comes with the server; false: do not, even if no model is named."),
        Server("served-model-name", "NAME", "Name of the model in the API; by default the folder's name."),
        Server("urls", "URL", "Where to listen; several are separated by semicolons."),
        Torch("dtype", "TYPE", "How weights are held: auto (as in the checkpoint), float32, bfloat16, float16 or int8 (rounded; CPU only)."),
        Torch("small-dtype", "TYPE", "The same for the small model; by default as --dtype."),
        Torch("shared-weights", "DIR", "Folder for files of the weights, which processes of the same model map and share; CPU only."),
        Torch("kv-dtype", "TYPE", "How keys and values are held: auto, float32, bfloat16 or float16; auto is exact."),
        Torch("device", "DEVICE", "cpu, cuda or cuda:N."),
        Torch("compute", "KIND", "auto, or libtorch: the reference path on the CPU."),
        Torch("cuda-graphs", "BOOL", "Record decode steps on CUDA as graphs and replay them; unmeasured so far."),
        Torch("threads", "N", "CPU threads of a forward pass; 0 takes all cores."),
        Torch("max-model-len", "TOKENS", "Longest sequence, prompt and answer together; 0 takes the model's limit."),
        Torch("kv-memory", "SIZE", "Memory for keys and values: GiB (1.5) or a share of free memory (25%)."),
        Torch("max-repeated-layers", "N", "Layers of the large model that a route may run twice; each takes memory as a layer more."),
        Torch("block-size", "TOKENS", "Tokens in a block of keys and values."),
        Engine("max-sequences", "N", "Sequences that run at the same time."),
        Engine("max-batch-tokens", "N", "Tokens in one forward pass; longer prompts are computed in chunks."),
        Engine("max-small-forwards", "N", "Small-model forward passes for one of the large model, at most."),
        Engine("prefix-caching", "BOOL", "Share the blocks of equal prompt beginnings."),
        Engine("share-draft-statistics", "BOOL", "Let drafts learn from all requests; how fast an answer comes then tells of others."),
        Engine("max-queued-requests", "N", "Requests that wait for their turn, each choice counted as one; more are refused with 429."),
        Engine("max-queued-tokens", "N", "Prompt tokens that wait for their turn; more are refused with 429."),
        Access("api-key", "KEY", "A key that requests must carry; repeat for several.", isList: true),
        Access("api-key-file", "FILE", "File of such keys, one a line."),
        Access("requests-per-minute", "N", "Generation requests a minute for each key, or address; 0 sets no limit."),
        Access("max-request-bytes", "BYTES", "Size of a request's body at most."),
        Access("cors-origin", "ORIGIN", "Origin whose web pages may ask, or *; repeat for several.", isList: true),
        Server("chat-template", "FILE", "Chat template (Jinja); by default the model folder's own."),
        Server("request-timeout", "SECONDS", "How long a request may take; 0 sets no limit. The header X-Request-Timeout asks for less."),
        Server("shutdown-grace", "SECONDS", "How long running requests may go on after a signal to stop."),
        Server("log-level", "LEVEL", "Verbose, Debug, Information, Warning, Error or Fatal."),
    ];

    /// <summary>A message about an option, which begins with its key, as a user wrote it: with its flag.</summary>
    public static string ToFlag(string message)
    {
        string key = message.Split(':', 2)[0];
        return All.FirstOrDefault(setting => setting.Property.Name == key) is { } known ? known.Flag + message[key.Length..] : message;
    }

    private static Setting Torch(string name, string value, string description) => new(name, value, description, typeof(TorchRunnerOptions));

    private static Setting Engine(string name, string value, string description) => new(name, value, description, typeof(EngineOptions));

    private static Setting Access(string name, string value, string description, bool isList = false) =>
        new(name, value, description, typeof(AccessOptions), isList);

    private static Setting Server(string name, string value, string description) => new(name, value, description, typeof(ServerOptions));
}
