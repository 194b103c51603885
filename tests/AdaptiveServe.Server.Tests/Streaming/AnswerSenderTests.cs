using System.Text;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Streaming;

public sealed class AnswerSenderTests(ParrotServer fixture)
{
    [Theory, InlineData(""), InlineData("0"), InlineData("-1"), InlineData("soon"), InlineData("1e3"), InlineData("NaN"), InlineData("5", "6")]
    public async Task Timeout_NotANumberOfSeconds_IsRefused(params string[] values)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new StringContent("""{"prompt": "a"}""", Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Request-Timeout", values);
        (await fixture.Server.SendAsync(request)).ExpectError(400, "invalid_request_error", "invalid_value", "X-Request-Timeout");
    }
}
