using System.Text;

namespace AdaptiveServe.Text.Tests.Tokenizers.Files;

/// <summary>Damages a file: bits, bytes, cuts, parts that move, repeat or are missing, values that become others.</summary>
internal static class FileDamage
{
    private static readonly string[] Values =
    [
        "0", "-1", "1", "97", "1.5", "1e999", "1048575", "1048576", "2147483648", "9223372036854775807", "null", "true", "false",
        "[0,", "\"", "[]", "{}", "[[]]", "{\"a\":{\"a\":{}}}", "\"\"", "\"a\"", "\"a b\"", "\"\\ud800\"", "\"\\u0000\"", "\"(a+)+$\"",
        "\"Sequence\"", "\"ByteLevel\"", "\"BPE\"", "\"Replace\"", "\"Metaspace\"", "\"NFC\"", "\"TemplateProcessing\"", "{\"type\":\"Fuse\"}",
    ];

    public static byte[] Apply(Random random, byte[] content)
    {
        for (int round = random.Next(1, 4); round > 0; round--) content = ApplyOnce(random, content);
        return content;
    }

    private static byte[] ApplyOnce(Random random, byte[] content)
    {
        if (content.Length == 0) return [(byte)random.Next(256)];
        int at = random.Next(content.Length), length = Math.Min(content.Length - at, random.Next(1, 100));
        switch (random.Next(9))
        {
            case 0: return Replace(content, at, 1, [(byte)(content[at] ^ (1 << random.Next(8)))]);
            case 1: return Replace(content, at, 1, ["{}[]\",:\\0-9.eu\0\n"u8[random.Next(16)]]);
            case 2: return content[..at];
            case 3: return Replace(content, random.Next(content.Length), 0, content[at..(at + length)]);
            case 4: return Replace(content, at, length, []);
            case 5: return ReplaceWord(random, content, at, static character => character is >= (byte)'0' and <= (byte)'9' or (byte)'-');
            case 6: return ReplaceWord(random, content, at, static character => !",:{}[]"u8.Contains(character));
            case 7: return Replace(content, at, 0, [.. Enumerable.Repeat((byte)'[', random.Next(1, 300))]);
            default:
                byte[] noise = new byte[random.Next(1, 20)];
                random.NextBytes(noise);
                return Replace(content, at, 0, noise);
        }
    }

    private static byte[] ReplaceWord(Random random, byte[] content, int from, Predicate<byte> belongs)
    {
        int start = Array.FindIndex(content, from, belongs);
        if (start < 0) return content[..from];
        int end = start;
        while (end < content.Length && belongs(content[end])) end++;
        return Replace(content, start, end - start, Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]));
    }

    private static byte[] Replace(byte[] content, int start, int length, byte[] replacement) =>
        [.. content[..start], .. replacement, .. content[(start + length)..]];
}
