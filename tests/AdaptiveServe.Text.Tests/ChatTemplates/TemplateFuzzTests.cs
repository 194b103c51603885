using System.Diagnostics;
using System.Text.Json.Nodes;
using AdaptiveServe.Text.ChatTemplates;

namespace AdaptiveServe.Text.Tests.ChatTemplates;

/// <summary>Damaged templates give a text or a <see cref="ChatTemplateException"/> of one line, in bounded time.</summary>
public class TemplateFuzzTests
{
    private static readonly string[] Fragments =
    [
        "{{ ", " }}", "{% ", " %}", "{%- ", " -%}", "{# ", " #}", "{% endif %}", "{% else %}", "{% endfor %}", "{% endmacro %}",
        "{% break %}", "{% raw %}", "{{ loop }}", "{% for i in range(100000) %}", "{% set messages = messages * 99 %}",
        "{% set _ = messages.append(messages) %}", "{% macro render(x) %}{{ render(x) }}{% endmacro %}{{ render(1) }}",
        "{{ messages * 99999999 }}", "{{ 'x' * 9999999 }}", "| tojson(indent=99)", "| map('upper')", "| list", "| sort", "[::-1]",
        "[9223372036854775807:]", ".items()", "(", ")", "[", "]", "{", "}", "'", "\"", "\\", " is ", " not ", " in ", " if ", " else ",
        "-9223372036854775808", "1e999", "** 999", "// 0", "%", "~", "none", "missing", "🎉", "\ud83c", "\0",
    ];

    private static readonly string[] Own =
    [
        """
        {%- macro show(value, depth=0) -%}
            {%- if value is mapping -%}
                { {%- for k, v in value | dictsort %}{{ k }}: {{ show(v, depth + 1) }}{{ ', ' if not loop.last }}{% endfor -%} }
            {%- elif value is iterable and value is not string -%}[{% for v in value %}{{ show(v, depth + 1) }}{% endfor %}]
            {%- else -%}{{ value | string | trim | indent(depth) }}{%- endif -%}
        {%- endmacro -%}
        {% set ns = namespace(last=none, n=0) %}
        {% for message in messages if message.content is not none %}
            {% if loop.index0 % 2 != (message['role'] == 'assistant') | int %}{% continue %}{% endif %}
            {% set content = message.content.split('</think>')[-1].lstrip('\n') %}
            {% set ns.n = ns.n + content | length %}{{ '%' ~ content[:5].upper() ~ content[::-1] }}
        {% else %}{{ raise_exception('no messages') }}{% endfor %}
        {{ show(tools) }}{% filter upper %}{{ bos_token }}{% endfilter %}
        {{ ns.n // 3 }}{{ messages | map(attribute='role') | unique | join }}
        """,
    ];

    [Fact]
    public void Render_DamagedOwnTemplates_FailsCleanly() => Fuzz(Own, rounds: 800, seed: 1);

    [Fact]
    public void Render_DamagedPublishedTemplates_FailsCleanly() =>
        Fuzz([.. PublishedTemplatesTests.Files().Select(PublishedTemplatesTests.Source)], rounds: 800, seed: 2);

    private static void Fuzz(string[] sources, int rounds, int seed)
    {
        var random = new Random(seed);
        int rendered = 0;
        for (int i = 0; i < rounds; i++)
        {
            string template = sources[i % sources.Length];
            for (int damages = random.Next(1, 4); damages > 0; damages--) template = Damage(template, random);
            var watch = Stopwatch.StartNew();
            if (Survives(template)) rendered++;
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"round {i} took {watch.Elapsed}");
        }

        Assert.InRange(rendered, rounds / 20, rounds); // the damage leaves enough that is rendered
    }

    private static bool Survives(string template)
    {
        try
        {
            ChatTemplate.Parse(template, "t").Render(Context(), Rendered.Now);
            return true;
        }
        catch (ChatTemplateException exception)
        {
            Assert.DoesNotContain(exception.Message, char.IsControl);
            return false;
        }
    }

    private static string Damage(string template, Random random)
    {
        int start = random.Next(template.Length + 1), length = Math.Min(random.Next(30), template.Length - start);
        return random.Next(4) switch
        {
            0 => template.Remove(start, length),
            1 => template.Insert(start, Fragments[random.Next(Fragments.Length)]),
            2 => template.Insert(random.Next(template.Length + 1), template.Substring(start, length)),
            _ => template.Remove(start, length).Insert(start, Fragments[random.Next(Fragments.Length)]),
        };
    }

    private static JsonObject Context() => JsonNode.Parse("""
        {
          "messages": [
            {"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello 🎉"},
            {"role": "assistant", "content": "<think>a</think>b"}, {"role": "user", "content": "weather?"}
          ],
          "tools": [
            {
              "type": "function",
              "function": {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}
            }
          ],
          "add_generation_prompt": true, "bos_token": "<s>", "eos_token": "</s>"
        }
        """)!.AsObject();
}
