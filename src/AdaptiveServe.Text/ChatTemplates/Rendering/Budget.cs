using System.Runtime.CompilerServices;

namespace AdaptiveServe.Text.ChatTemplates.Rendering;

/// <summary>Counts what a rendering uses and ends it at a limit.</summary>
internal sealed class Budget
{
    private const int CharactersPerStep = 64; // read or copied in about the time of a step
    private const int CharactersPerItem = 24; // an item of a list, with a short value

    private long _steps;
    private long _allocated;
    private int _depth;

    public void Step(long count = 1)
    {
        if ((_steps += count) > Limits.Steps) throw Exceeded($"the template takes more than {Limits.Steps} steps");
    }

    /// <summary>Goes one level deeper; the way back is <see cref="Leave"/>. After an exception there is none.</summary>
    public void Enter()
    {
        Step();
        if (++_depth > Limits.Depth) throw Exceeded($"the template nests more than {Limits.Depth} levels at run time");
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Exceeded("the template nests too deeply for the stack");
    }

    public void Leave() => _depth--;

    /// <summary>Counts the reading of a value: nothing for short ones.</summary>
    public void Read(object? value)
    {
        if (value is string text) Step(text.Length / CharactersPerStep);
    }

    /// <summary>Counts a string of that length, before it is made where its length may be surprising.</summary>
    public void AllocateText(long length)
    {
        CheckTextLength(length);
        Allocate(length);
    }

    public static void CheckTextLength(long length)
    {
        if (length > Limits.TextLength) throw Exceeded($"a text has more than {Limits.TextLength} characters");
    }

    public void AllocateItems(long count)
    {
        if (count > Limits.Steps) throw Exceeded($"a list has more than {Limits.Steps} items");
        Step(count);
        Allocate(count * CharactersPerItem);
    }

    private void Allocate(long characters)
    {
        Step(characters / CharactersPerStep);
        if ((_allocated += characters) > Limits.Allocation) throw Exceeded("the template uses too much memory");
    }

    private static RenderingException Exceeded(string message) => new(ChatTemplateFault.LimitExceeded, message);
}
