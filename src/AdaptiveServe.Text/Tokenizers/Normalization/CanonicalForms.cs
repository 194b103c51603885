using System.Diagnostics;
using System.Globalization;

namespace AdaptiveServe.Text.Tokenizers.Normalization;

/// <summary>
/// What Unicode says about characters that can be written in several ways. .NET asks the system's ICU library for that, which a container
/// often lacks, so the facts lie beside this file.
/// </summary>
internal sealed class CanonicalForms
{
    // Hangul syllables are made of jamo by arithmetic (Unicode standard, 3.12).
    private const int FirstSyllable = 0xAC00, FirstL = 0x1100, FirstV = 0x1161, FirstT = 0x11A7;
    private const int CountL = 19, CountV = 21, CountT = 28, CountSyllables = CountL * CountV * CountT;

    private static readonly Lazy<CanonicalForms> Loaded = new(() => new CanonicalForms());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, (int First, int? Second)> _decompositions = [];
    private readonly Dictionary<(int First, int Second), int> _compositions = [];
    private readonly HashSet<int> _mayChange = [];

    private CanonicalForms()
    {
        using Stream stream = typeof(CanonicalForms).Assembly.GetManifestResourceStream(typeof(CanonicalForms), "CanonicalForms.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#')) Add(line[0], [.. line[2..].Split(' ').Select(Number)]);
    }

    public static CanonicalForms Instance => Loaded.Value;

    /// <summary>Whether composing may change a text because of this character.</summary>
    public bool MayChange(int character) =>
        character >= 0x300
        && (_mayChange.Contains(character) || (uint)(character - FirstV) < CountV || (uint)(character - FirstT) < CountT);

    /// <summary>The combining class; 0 for a character that others are attached to.</summary>
    public byte Class(int character) => _classes.GetValueOrDefault(character);

    /// <summary>Appends the character, fully decomposed.</summary>
    public void Decompose(int character, List<int> output)
    {
        if (_decompositions.TryGetValue(character, out (int First, int? Second) parts))
        {
            Decompose(parts.First, output);
            if (parts.Second is { } second) Decompose(second, output);
        }
        else if ((uint)(character - FirstSyllable) < CountSyllables) DecomposeSyllable(character - FirstSyllable, output);
        else output.Add(character);
    }

    /// <summary>The character that two neighbours form.</summary>
    public bool TryCompose(int first, int second, out int composite)
    {
        int syllable = first - FirstSyllable, l = first - FirstL, v = second - FirstV, t = second - FirstT;
        if ((uint)l < CountL && (uint)v < CountV) composite = FirstSyllable + (l * CountV + v) * CountT;
        else if ((uint)syllable < CountSyllables && syllable % CountT == 0 && t is > 0 and < CountT) composite = first + t;
        else return _compositions.TryGetValue((first, second), out composite);
        return true;
    }

    private static void DecomposeSyllable(int syllable, List<int> output)
    {
        output.Add(FirstL + syllable / (CountV * CountT));
        output.Add(FirstV + syllable / CountT % CountV);
        if (syllable % CountT > 0) output.Add(FirstT + syllable % CountT);
    }

    private void Add(char kind, int[] numbers)
    {
        switch (kind, numbers)
        {
            case ('C', [int first, int last, int value]):
                for (int character = first; character <= last; character++) AddClass(character, (byte)value);
                break;
            case ('D', [int composite, int first, int second]):
                _compositions.Add((first, second), composite);
                _decompositions.Add(composite, (first, second));
                _mayChange.Add(second);
                break;
            case ('X', [int character, int first, .. int[] second]):
                _decompositions.Add(character, (first, second is [int mark] ? mark : null));
                _mayChange.Add(character);
                break;
            default: throw new UnreachableException();
        }
    }

    private void AddClass(int character, byte value)
    {
        _classes.Add(character, value);
        _mayChange.Add(character);
    }

    private static int Number(string field) => int.Parse(field, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
