using System.Text.Json;
using AdaptiveServe.Server.Admission;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.Streaming;

namespace AdaptiveServe.Server.OpenAI.Completions;

/// <summary><c>POST /v1/completions</c>.</summary>
internal static class CompletionsEndpoint
{
    public static async Task HandleAsync(HttpContext context, ModelDirectory models, AdmissionController admission, TimeProvider time)
    {
        CompletionRequest request;
        using (JsonDocument body = await RequestBody.ReadAsync(context)) request = CompletionRequest.Read(body.RootElement, models);

        using RunningGeneration generation = admission.Admit(request.Generation);
        var format = new CompletionFormat($"cmpl-{Guid.CreateVersion7():N}", request, generation);
        if (request.Stream.Streams)
        {
            await AnswerStream.SendAsync(context, generation, format, request.Stream, time);
            return;
        }

        CompletionResponse response = await format.CollectAsync(context.RequestAborted);
        await context.Response.WriteAsJsonAsync(response, OpenAIJson.Wire.CompletionResponse);
    }
}
