using System.Text;

namespace AdaptiveServe.Text.Tokenizers.Normalization;

/// <summary>
/// Unicode's normalization form C (Unicode Standard Annex 15): characters are decomposed, their marks put in order, and all composed again.
/// Linear in the text but for sorting the marks of a single character.
/// </summary>
internal static class CanonicalComposition
{
    /// <summary>The text in form C. Half a surrogate pair becomes U+FFFD where anything changes.</summary>
    public static string Apply(string text)
    {
        CanonicalForms forms = CanonicalForms.Instance;
        return MayChange(text, forms) ? Compose(Ordered(Decompose(text, forms), forms), forms) : text;
    }

    private static bool MayChange(string text, CanonicalForms forms)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\u02FF') < 0) return false;
        foreach (Rune rune in text.EnumerateRunes())
            if (forms.MayChange(rune.Value)) return true;
        return false;
    }

    private static List<int> Decompose(string text, CanonicalForms forms)
    {
        var characters = new List<int>(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) forms.Decompose(rune.Value, characters);
        return characters;
    }

    /// <summary>Sorts each run of marks by class; marks of one class keep their order.</summary>
    private static List<int> Ordered(List<int> characters, CanonicalForms forms)
    {
        for (int start = 0; start < characters.Count;)
        {
            int end = start;
            while (end < characters.Count && forms.Class(characters[end]) > 0) end++;
            if (end - start > 1)
            {
                int[] run = [.. characters[start..end].OrderBy(forms.Class)];
                for (int i = 0; i < run.Length; i++) characters[start + i] = run[i];
            }

            start = end + 1;
        }

        return characters;
    }

    private static string Compose(List<int> characters, CanonicalForms forms)
    {
        const int nothing = -1;
        var composed = new List<int>(characters.Count);
        int starter = nothing, classBefore = nothing; // of what stands between the starter and the character
        foreach (int character in characters)
        {
            int combiningClass = forms.Class(character);
            if (starter != nothing && classBefore < combiningClass && forms.TryCompose(composed[starter], character, out int composite))
            {
                composed[starter] = composite;
                continue;
            }

            classBefore = combiningClass == 0 ? nothing : combiningClass;
            if (combiningClass == 0) starter = composed.Count;
            composed.Add(character);
        }

        var text = new StringBuilder(composed.Count);
        foreach (int character in composed) text.Append(new Rune(character));
        return text.ToString();
    }
}
