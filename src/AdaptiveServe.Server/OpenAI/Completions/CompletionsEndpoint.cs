using System.Text.Json;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.Streaming;

namespace AdaptiveServe.Server.OpenAI.Completions;

/// <summary><c>POST /v1/completions</c>.</summary>
internal static class CompletionsEndpoint
{
    public static async Task HandleAsync(HttpContext context, ModelDirectory models, AnswerSender sender)
    {
        CompletionRequest request;
        using (JsonDocument body = await RequestBody.ReadAsync(context)) request = CompletionRequest.Read(body.RootElement, models);
        await sender.SendAsync(context, "text_completion", "cmpl", request.Generation, request.Stream, head => new CompletionFormat(head, request));
    }
}
