using System.Text.Json.Nodes;
using AdaptiveServe.Lab.Training.Tokenizer;
using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Lab.Tests.Training.Tokenizer;

public class DemoChatTemplateTests
{
    [Fact]
    public void Render_SeveralTurns_PutsNothingBetweenThem() => Assert.Equal(
        "<|system|>Be brief.<|end|><|user|>Hi<|end|><|assistant|>Hello!<|end|><|user|>Bye<|end|><|assistant|>",
        Render("""
            [{"role": "system", "content": "Be brief."}, {"role": "user", "content": " Hi\n"},
             {"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "Bye"}]
            """));

    [Fact]
    public void Render_WithoutGenerationPrompt_EndsWithTheLastTurn() => Assert.Equal(
        "<|user|>What?<|end|><|tool|>{\"sum\": 3}<|end|><|assistant|>3<|end|>",
        Render("""
            [{"role": "user", "content": "What?"}, {"role": "tool", "content": "{\"sum\": 3}"}, {"role": "assistant", "content": "3"}]
            """, addGenerationPrompt: false));

    [Theory]
    [InlineData("""[{"type": "text", "text": " one "}, {"type": "text", "text": "two "}]""", "one two")]
    [InlineData("[]", "")]
    [InlineData("\"  \"", "")]
    [InlineData("\"a  b\\n\\nc\"", "a  b\n\nc")]
    [InlineData("\"{{ x }} <b> & \\\"\"", "{{ x }} <b> & \"")]
    public void Render_Content_IsJoinedAndTrimmed(string content, string expected) => Assert.Equal(
        $"<|user|>{expected}<|end|><|assistant|>", Render($$"""[{"role": "user", "content": {{content}}}]"""));

    [Theory]
    [InlineData("""{"role": "bot", "content": "x"}""", "unknown role 'bot': expected system, user, assistant or tool")]
    [InlineData("""{"role": "user", "content": [{"type": "image_url"}]}""", "type 'text' are understood, not 'image_url'")]
    [InlineData("""{"role": "assistant", "content": null}""", "a message of the role 'assistant' has no content")]
    [InlineData("""{"role": "assistant"}""", "a message of the role 'assistant' has no content")]
    [InlineData("""{"role": "user", "content": {"text": "x"}}""", "a message of the role 'user' has no content")]
    public void Render_WhatItDoesNotKnow_IsRefused(string message, string reason)
    {
        ChatTemplateException exception = Assert.Throws<ChatTemplateException>(() => { Render($"[{message}]"); });

        Assert.Equal(ChatTemplateFault.Refused, exception.Fault);
        Assert.Contains(reason, exception.Message);
    }

    private static string Render(string messages, bool addGenerationPrompt = true) =>
        ChatTemplate.Parse(DemoChatTemplate.Source, "demo").Render(
            new JsonObject { ["messages"] = JsonNode.Parse(messages), ["add_generation_prompt"] = addGenerationPrompt },
            DateTimeOffset.UnixEpoch);
}
