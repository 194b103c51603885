using System.Collections.Frozen;
using AdaptiveServe.Text.ChatTemplates.Builtins;
using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>
/// The variable <c>loop</c>. Takes items as late as it can: the body of the loop may decide what the filter of the loop lets through.
/// </summary>
/// <param name="items">What the loop goes over.</param>
/// <param name="count">How many items that are; null where a filter decides.</param>
internal sealed class Loop(IEnumerator<object> items, int? count)
{
    private readonly List<object> _ahead = []; // items taken, but not yet looped over
    private int _nextAhead;
    private long _index = -1;
    private object? _previous;
    private object[]? _lastChanged;

    public static FrozenDictionary<string, Builtin> Methods { get; } = Builtin.Table(
        new("cycle", (renderer, self, arguments) => ((Loop)self).Cycle(arguments.Positional)),
        new("changed", (renderer, self, arguments) => Box.Of(((Loop)self).HasChanged(renderer, arguments.Positional))));

    public object? Current { get; private set; }

    public bool HasBegun => _index >= 0;

    public bool MoveNext()
    {
        if (!Peek(out object? next)) return false;
        _ahead[_nextAhead++] = None.Value; // nothing is kept longer than needed
        if (_nextAhead == _ahead.Count)
        {
            _ahead.Clear();
            _nextAhead = 0;
        }

        (_previous, Current) = (Current, next);
        _index++;
        return true;
    }

    public object? Attribute(string name) => name switch
    {
        "index" => _index + 1,
        "index0" => _index,
        "first" => Box.Of(_index == 0),
        "last" => Box.Of(!Peek(out _)),
        "length" => Length,
        "revindex" => Length - _index,
        "revindex0" => Length - _index - 1,
        "depth" => 1L,
        "depth0" => 0L,
        "previtem" => _previous ?? new Undefined("there is no previous item"),
        "nextitem" => Peek(out object? next) ? next : new Undefined("there is no next item"),
        _ => Methods.TryGetValue(name, out Builtin? method) ? new BoundMethod(this, method) : null,
    };

    private long Length
    {
        get
        {
            if (count is { } known) return known;
            while (items.MoveNext()) _ahead.Add(items.Current);
            count = checked((int)_index + 1 + _ahead.Count - _nextAhead);
            return count.Value;
        }
    }

    private bool Peek([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out object? next)
    {
        if (_nextAhead == _ahead.Count && items.MoveNext()) _ahead.Add(items.Current);
        next = _nextAhead < _ahead.Count ? _ahead[_nextAhead] : null;
        return next is not null;
    }

    private object Cycle(object[] values) =>
        values.Length > 0 ? values[_index % values.Length] : throw RenderingException.Failed("no items for cycling given");

    private bool HasChanged(Renderer renderer, object[] values)
    {
        bool isSame = _lastChanged is { } last && last.Length == values.Length
            && values.Zip(last).All(pair => Equality.AreEqual(renderer, pair.First, pair.Second));
        if (!isSame) _lastChanged = values;
        return !isSame;
    }
}
