using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptiveServe.Server.Tests.Harness;

namespace AdaptiveServe.Server.Tests.Contract;

/// <summary>The contract and the server say yes and no to the same values.</summary>
public sealed class AgreementTests(RandomPairServer fixture)
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "1", "-1", "0.5", "2", "3", "1e300", "\"\"", "\"a\"", "\"none\"", "[]", "[1]", "[true]", "[\"a\"]", "[\"\"]", "[[1]]", "[[]]",
        "[{}]", "[\"a\", 1]", "[-1]", "[1.5]", "[null]", "{}", "{\"a\": 1}", "{\"1\": 1}", "{\"1\": 101}", "{\"1\": \"a\"}", "{\"type\": \"text\"}", "{\"type\": 1}",
        """[{"role": "user", "content": "a"}]""", """[{"role": "user"}]""", """[{"role": "nobody", "content": "a"}]""", """[{"role": "user", "content": 1}]""",
        """[{"role": "user", "content": [{"type": "text", "text": "a"}]}]""", """[{"role": "user", "content": [{"type": "text"}]}]""",
        """[{"role": "user", "content": [{"type": "x", "text": "a"}]}]""", """[{"role": "user", "content": "a", "name": 1}]""",
        """[{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": ""}}]}]""",
        """[{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}]""", """[{"role": "tool", "content": "a", "tool_call_id": 1}]""",
        """[{"type": "function", "function": {"name": "f"}}]""", """[{"type": "function", "function": {"name": ""}}]""", """[{"type": "x", "function": {"name": "f"}}]""",
        """[{"type": "function", "function": {"name": "f", "parameters": {}}}]""", """[{"type": "function", "function": {"name": "f", "parameters": []}}]""",
        """{"include_usage": true}""", """{"include_usage": 1}""", """{"target": "large"}""", """{"target": "x"}""", """{"trace": 1}""", """{"quality": 2}""",
        """{"target": "entropy", "entropy": {"threshold": -1, "window": 4096}}""", """{"entropy": {"window": 0}}""", """{"entropy": {"min_dwell": 1.5}}""",
        """{"entropy": {"x": 1}}""", """{"proposal": "small", "speculation": {"max_draft": 64, "min_draft": 64}}""", """{"speculation": {"max_draft": 65}}""",
        """{"speculation": {"threshold": "1"}}""", """{"speculation": {"max_draft": null, "threshold": 1e12}}""", """{"speculation": []}""",
        """{"messages": []}""",
    ];

    /// <summary>What is refused though the value is right by itself: it is not built, or the model or another member forbids it.</summary>
    private static readonly string[] Reasons =
    [
        "not_supported", "context_length_exceeded", "model_not_found", "'tool_choice' is only allowed with 'tools'", "tokens that are generated at most",
        "0 is only allowed with 'echo'", "'messages[0].content' is missing", "A prompt is empty", "One of 'prompt', 'content' and 'messages'",
    ];

    public static IEnumerable<TheoryDataRow<string, string>> Members =>
        from operation in ApiContract.Operations
        where operation.RequestSchema is not null
        from property in operation.RequestSchema!.Value.GetProperty("properties").EnumerateObject()
        select new TheoryDataRow<string, string>(operation.Id, property.Name);

    [Theory, MemberData(nameof(Members))]
    public async Task Values_OfAMember_AreTakenWhenTheContractTakesThem(string operationId, string member)
    {
        Operation operation = ApiContract.Find(operationId);
        JsonElement schema = ApiContract.Resolve(operation.RequestSchema!.Value.GetProperty("properties").GetProperty(member));
        string body = Conformance.With(BaseRequests.ByOperation[operationId], [("max_tokens", 2), .. BaseRequests.Needs(operationId, member)]);
        int taken = 0, refused = 0;
        foreach (string value in Values.Concat(Bounds(schema)))
        {
            bool isValid = SchemaValidator.Open.Validate(schema, JsonSerializer.Deserialize<JsonElement>(value)).Count == 0;
            Answer? refusal = await AskAsync(operation, Put(body, member, value));
            bool isRight = isValid ? refusal is null || HasReason(refusal) : refusal is not null;
            Assert.True(isRight, $"{operationId} {member} = {value} is {(isValid ? "valid" : "not valid")}, but: {refusal?.Body}");
            if (refusal is not null && !HasReason(refusal)) Assert.StartsWith(member, refusal.Body.GetProperty("error").GetProperty("param").GetString(), StringComparison.Ordinal);
            _ = refusal is null ? taken++ : refused++;
        }

        Assert.True(taken > 0 && refused > 0);
    }

    private static bool HasReason(Answer refusal) => Reasons.Any(reason => refusal.Body.ToString().Contains(reason, StringComparison.Ordinal));

    /// <summary>The values at the bounds, and those right beyond.</summary>
    private static IEnumerable<string> Bounds(JsonElement schema)
    {
        foreach (string keyword in (string[])["minimum", "exclusiveMinimum", "maximum"])
        {
            if (!schema.TryGetProperty(keyword, out JsonElement bound)) continue;
            foreach (decimal step in (decimal[])[-1, -0.001m, 0, 0.001m, 1])
                if (keyword != "maximum" || step >= 0) yield return (bound.GetDecimal() + step).ToString(CultureInfo.InvariantCulture);
        }

        if (schema.TryGetProperty("enum", out JsonElement words)) foreach (JsonElement word in words.EnumerateArray()) yield return word.GetRawText();
        if (!schema.TryGetProperty("maxLength", out JsonElement length)) yield break;
        yield return $"\"{new string('a', length.GetInt32())}\"";
        yield return $"\"{new string('a', length.GetInt32() + 1)}\"";
    }

    /// <summary>The refusal; null when there is none.</summary>
    private async Task<Answer?> AskAsync(Operation operation, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await fixture.Server.Client.PostAsync(operation.Path, content, TestContext.Current.CancellationToken);
        if (response.IsSuccessStatusCode)
        {
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            return null;
        }

        Answer answer = await Answer.ReadAsync(response);
        SchemaValidator.Closed.Require(ApiContract.Schema("Error"), answer.Body);
        Assert.True(answer.Status is 400 or 404, $"{operation} {body}: {answer.Status} {answer.Body}");
        return answer;
    }

    private static string Put(string json, string member, string value)
    {
        JsonObject body = JsonNode.Parse(json)!.AsObject();
        body[member] = JsonNode.Parse(value);
        return body.ToJsonString();
    }
}
