using Microsoft.AspNetCore.Http;

namespace AdaptiveServe.Lab.Tests.Benchmarks;

/// <summary>Parts of what a server sends.</summary>
internal static class Answers
{
    public const string Done = "[DONE]";

    public static string Text(string text) => $$"""{"choices":[{"index":0,"text":"{{text}}"}]}""";

    public static string Usage(int prompt, int output) =>
        $$$"""{"choices":[],"usage":{"prompt_tokens":{{{prompt}}},"completion_tokens":{{{output}}}}}""";

    public static async Task SendEventsAsync(this HttpContext context, params string[] events)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "text/event-stream; charset=utf-8";
        foreach (string data in events)
        {
            await context.Response.WriteAsync($"data: {data}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    public static Task SendAsync(this HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body, context.RequestAborted);
    }
}
