using System.Text.Json.Nodes;

namespace AdaptiveServe.Text.Tests.Tokenizers.Files;

/// <summary>Damages a JSON document and leaves it one: values that become others, trade places or are missing.</summary>
internal static class JsonDamage
{
    private static readonly string[] Values =
    [
        "0", "-1", "1", "97", "258", "1.5", "1048575", "1048576", "9223372036854775807", "null", "true", "false",
        "[]", "{}", "[[]]", """["a","b"]""", """{"a":0}""", "\"\"", "\"a\"", "\"a b\"", "\" \"", "\"▁\"", "\"\\u0000\"", "\"(a+)+$\"",
        "\"first\"", "\"Removed\"", """{"type":"Fuse"}""", """{"type":"NFC"}""", """{"type":"ByteLevel"}""", """{"type":"Digits"}""",
        """{"Regex":"a*"}""",
        """{"type":"Metaspace","replacement":"a"}""", """{"type":"Prepend","prepend":"x"}""",
        """{"type":"Replace","pattern":{"String":"e"},"content":"ee"}""",
    ];

    public static string Apply(Random random, JsonObject original)
    {
        var document = (JsonObject)original.DeepClone();
        for (int round = random.Next(1, 4); round > 0; round--) ApplyOnce(random, document);
        return document.ToJsonString();
    }

    private static void ApplyOnce(Random random, JsonObject document)
    {
        (JsonNode parent, object key) = Place(random, document);
        switch (random.Next(4))
        {
            case 0 when parent is JsonObject place: place.Remove((string)key); break;
            case 0: parent.AsArray().RemoveAt((int)key); break;
            case 1:
                (JsonNode otherParent, object otherKey) = Place(random, document);
                Set(parent, key, Get(otherParent, otherKey)?.DeepClone());
                break;
            default: Set(parent, key, JsonNode.Parse(Values[random.Next(Values.Length)])); break;
        }
    }

    /// <summary>A random place; each level is as likely as the next, so the large lists do not get it all.</summary>
    private static (JsonNode Parent, object Key) Place(Random random, JsonNode document)
    {
        while (true)
        {
            JsonNode parent = document;
            while (true)
            {
                int count = parent is JsonObject members ? members.Count : parent.AsArray().Count;
                if (count == 0) break;
                int index = random.Next(count);
                object key = parent is JsonObject place ? place.GetAt(index).Key : index;
                if (Get(parent, key) is not (JsonObject or JsonArray) || random.Next(4) == 0) return (parent, key);
                parent = Get(parent, key)!;
            }
        }
    }

    private static JsonNode? Get(JsonNode parent, object key) => parent is JsonObject place ? place[(string)key] : parent[(int)key];

    private static void Set(JsonNode parent, object key, JsonNode? value)
    {
        if (parent is JsonObject place) place[(string)key] = value;
        else parent[(int)key] = value;
    }
}
