using AdaptiveServe.Text.ChatTemplates.Rendering;

namespace AdaptiveServe.Text.ChatTemplates.Values;

/// <summary>A dictionary that keeps the order of insertion. Keys are strings, numbers, booleans or none.</summary>
internal sealed class Mapping
{
    private readonly OrderedDictionary<object, object> _entries = new(KeyComparer.Instance);

    public int Count => _entries.Count;

    public IReadOnlyList<object> Keys => _entries.Keys;

    public IReadOnlyList<object> Values => _entries.Values;

    /// <summary>Null where there is none, also for keys that no dictionary can have.</summary>
    public object? Find(object key) => IsKey(key) && _entries.TryGetValue(key, out object? value) ? value : null;

    public object? Find(string key) => _entries.TryGetValue(key, out object? value) ? value : null;

    public void Set(object key, object value)
    {
        if (!IsKey(key)) throw RenderingException.Failed($"a dictionary key of type '{TypeName.Of(key)}' is not supported");
        _entries[key] = value;
    }

    public bool Remove(object key) => IsKey(key) && _entries.Remove(key);

    public KeyValuePair<object, object> At(int index) => _entries.GetAt(index);

    private static bool IsKey(object key) => key is string or long or double or bool or None;

    /// <summary>As in Python, numbers and booleans that are equal are the same key.</summary>
    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static KeyComparer Instance { get; } = new();

        bool IEqualityComparer<object>.Equals(object? x, object? y) => (x, y) switch
        {
            (string a, string b) => a == b,
            (string, _) or (_, string) => false,
            _ => Scalars.AreEqual(x!, y!),
        };

        public int GetHashCode(object key) => key switch
        {
            string text => string.GetHashCode(text),
            None => 0,
            _ => HashOf(Numbers.ToDouble(key)!.Value + 0.0), // -0.0 becomes 0.0
        };

        // Seeded for each process: templates cannot choose keys that collide.
        private static int HashOf(double number)
        {
            long bits = BitConverter.DoubleToInt64Bits(number);
            return HashCode.Combine((int)bits, (int)(bits >> 32));
        }
    }
}
