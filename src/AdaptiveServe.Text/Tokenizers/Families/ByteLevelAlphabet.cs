using System.Collections.Frozen;
using System.Text;

namespace AdaptiveServe.Text.Tokenizers.Families;

/// <summary>
/// GPT-2's alphabet: each byte has a visible character of its own. Printable Latin-1 bytes are their own character; the others take the
/// characters from U+0100 on, in order.
/// </summary>
internal static class ByteLevelAlphabet
{
    private static readonly char[] Characters = CreateCharacters();
    private static readonly FrozenDictionary<char, byte> Values =
        Characters.Select((character, value) => (character, value)).ToFrozenDictionary(pair => pair.character, pair => (byte)pair.value);

    public static char Character(byte value) => Characters[value];

    /// <summary>The bytes that a piece spells; the UTF-8 of the piece itself if it holds a character outside the alphabet.</summary>
    public static byte[] Bytes(string piece)
    {
        byte[] bytes = new byte[piece.Length];
        for (int i = 0; i < piece.Length; i++)
            if (!Values.TryGetValue(piece[i], out bytes[i])) return Encoding.UTF8.GetBytes(piece);
        return bytes;
    }

    private static char[] CreateCharacters()
    {
        char[] characters = new char[256];
        char next = '\u0100';
        for (int value = 0; value < characters.Length; value++)
        {
            bool isVisible = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = isVisible ? (char)value : next++;
        }

        return characters;
    }
}
