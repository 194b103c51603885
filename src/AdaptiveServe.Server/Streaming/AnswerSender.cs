using System.Globalization;
using AdaptiveServe.Server.Admission;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Server.OpenAI;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Streaming;

/// <summary>Takes a checked request through the engine to its client: admission, generation, answer, and what is recorded of it.</summary>
internal sealed class AnswerSender(AdmissionController admission, RequestTelemetry telemetry, IOptions<ServerOptions> options, TimeProvider time)
{
    /// <summary>A client may ask for less time than the server gives.</summary>
    public const string TimeoutHeader = "X-Request-Timeout";

    private const double MinTimeout = 0.001; // timers know no less

    /// <param name="context">The request and where its answer goes.</param>
    /// <param name="operation">What it is in the GenAI conventions: <c>chat</c> or <c>text_completion</c>.</param>
    /// <param name="idPrefix">Begins the answer's id.</param>
    /// <param name="request">What to generate.</param>
    /// <param name="plan">How the answer comes.</param>
    /// <param name="createFormat">Spells the answer.</param>
    /// <exception cref="ApiException">Nothing was sent yet, and this should be.</exception>
    public async Task SendAsync(
        HttpContext context, string operation, string idPrefix, GenerationRequest request, StreamPlan plan, Func<AnswerHead, IAnswerFormat> createFormat)
    {
        using var deadline = new Deadline(Limit(context), time, context.RequestAborted);
        using RequestRecord record = telemetry.Begin(operation, context.TraceIdentifier, request, plan);
        try
        {
            using RunningGeneration generation = admission.Admit(request, record);
            var head = new AnswerHead($"{idPrefix}-{Guid.CreateVersion7():N}", time.GetUtcNow().ToUnixTimeSeconds(), generation);
            record.Generation = generation;
            await SendAsync(context.Response, generation, createFormat(head), plan, deadline);
            record.Failure = generation.Failure;
        }
        catch (Exception exception) when (deadline.Explain(exception) is { } failure)
        {
            record.Failure = failure;
            throw failure;
        }
        catch (OperationCanceledException)
        {
            record.ClientLeft = true;
            throw;
        }
        catch (Exception)
        {
            record.Failure = ApiException.Unexpected();
            throw;
        }
    }

    private async Task SendAsync(HttpResponse response, RunningGeneration generation, IAnswerFormat format, StreamPlan plan, Deadline deadline)
    {
        if (!plan.Streams)
        {
            await format.SendWholeAsync(response, deadline.Token);
            return;
        }

        using var stream = new AnswerStream(response, generation, format, plan, deadline, time);
        await stream.SendAsync();
    }

    private TimeSpan Limit(HttpContext context)
    {
        double limit = options.Value.RequestTimeout;
        if ((string?)context.Request.Headers[TimeoutHeader] is not { } text) return TimeSpan.FromSeconds(limit);
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double wanted) || !(wanted >= MinTimeout))
            throw ApiException.Invalid(TimeoutHeader, $"The header {TimeoutHeader} must be a number of seconds, 0.001 at least.");
        return TimeSpan.FromSeconds(limit > 0 ? Math.Min(limit, wanted) : Math.Min(wanted, TimeSpan.FromDays(1).TotalSeconds));
    }
}
