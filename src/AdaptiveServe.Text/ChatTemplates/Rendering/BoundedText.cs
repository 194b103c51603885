using System.Text;

namespace AdaptiveServe.Text.ChatTemplates.Rendering;

/// <summary>Builds a text within the limits.</summary>
internal sealed class BoundedText(Budget budget)
{
    private readonly StringBuilder _text = new();

    public void Append(char character)
    {
        Grow(1);
        _text.Append(character);
    }

    public void Append(ReadOnlySpan<char> text)
    {
        Grow(text.Length);
        _text.Append(text);
    }

    public override string ToString() => _text.ToString();

    private void Grow(int characters)
    {
        Budget.CheckTextLength(_text.Length + (long)characters);
        budget.AllocateText(characters);
    }
}
