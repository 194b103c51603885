using AdaptiveServe.Engine;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Admission;

/// <summary>Lets requests into the engine, or says why not and when to try again.</summary>
internal sealed class AdmissionController(IOptions<EngineOptions> options, TimeProvider time)
{
    private static readonly TimeSpan RetryWhenStopping = TimeSpan.FromSeconds(5);

    private readonly ServiceRate _rate = new(time);

    /// <exception cref="ApiException">The engine does not take it.</exception>
    public RunningGeneration Admit(GenerationRequest request, RequestRecord record)
    {
        int answers = request.Prompts.Count * request.ChoicesPerPrompt;
        if (answers > options.Value.MaxQueuedRequests) throw TooMany(request, answers); // the engine takes no such call
        Sequence[] sequences = request.CreateSequences();
        InferenceEngine engine = request.Model.Engine;
        var generation = new RunningGeneration(request, sequences, record, _rate.Count); // before the engine's thread has the sequences
        return engine.Submit(sequences) switch
        {
            SubmitResult.Accepted => generation,
            SubmitResult.TooLong => throw ApiException.Invalid(
                "max_tokens", "Prompt and answer together would not fit into the server's memory for keys and values, even alone.", "kv_memory_exceeded"),
            SubmitResult.QueueFull => throw QueueFull(sequences.Length),
            SubmitResult.Stopping => throw ApiException.Unavailable("The server is stopping.", "server_stopping", RetryWhenStopping),
            _ => throw ApiException.Unavailable("The engine has failed and the server must be restarted.", "engine_failed", RetryWhenStopping),
        };
    }

    /// <summary>No later try could succeed.</summary>
    private ApiException TooMany(GenerationRequest request, int answers) => ApiException.Invalid(
        request.ChoicesPerPrompt > 1 ? "n" : "prompt",
        $"The request asks for {answers} answers at once; this server takes {options.Value.MaxQueuedRequests} at most.", "too_many_sequences");

    /// <summary>By then so many places in the queue will have become free.</summary>
    private ApiException QueueFull(int sequences) =>
        new(StatusCodes.Status429TooManyRequests, "rate_limit_error", "The request queue is full.", null, "queue_full") { RetryAfter = _rate.Until(sequences) };
}
