using System.Text.Json;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.Streaming;

namespace AdaptiveServe.Server.OpenAI.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatEndpoint
{
    public static async Task HandleAsync(HttpContext context, ModelDirectory models, AnswerSender sender, TimeProvider time)
    {
        ChatRequest request;
        using (JsonDocument body = await RequestBody.ReadAsync(context)) request = ChatRequest.Read(body.RootElement, models, time.GetLocalNow());
        await sender.SendAsync(context, "chat", "chatcmpl", request.Generation, request.Stream, head => new ChatFormat(head, request));
    }
}
