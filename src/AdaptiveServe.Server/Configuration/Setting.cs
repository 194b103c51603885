using System.Reflection;
using System.Text.RegularExpressions;

namespace AdaptiveServe.Server.Configuration;

/// <summary>One thing that can be configured: a flag, an environment variable and a key of <c>appsettings.json</c>, all of one name.</summary>
/// <param name="Name">The flag without its dashes: <c>max-batch-tokens</c>.</param>
/// <param name="Value">What to write for its value in help texts.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Options">The options class that holds it.</param>
/// <param name="IsList">The flag may be repeated; the variable separates by commas.</param>
internal sealed partial record Setting(string Name, string Value, string Description, Type Options, bool IsList = false)
{
    /// <summary>The section of <c>appsettings.json</c> that holds all keys.</summary>
    public const string Section = "AdaptiveServe";

    public string Flag => "--" + Name;

    /// <summary><c>ADAPTIVESERVE_MAX_BATCH_TOKENS</c>.</summary>
    public string Variable => "ADAPTIVESERVE_" + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary><c>MaxBatchTokens</c>.</summary>
    public string Key { get; } = WordStart().Replace(Name, match => match.Groups[1].Value.ToUpperInvariant());

    /// <summary>The property that the key binds to.</summary>
    public PropertyInfo Property =>
        Options.GetProperty(Key, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)
        ?? throw new InvalidOperationException($"{Options.Name} has no property {Key}.");

    /// <summary>True for what is on or off: the flag alone switches it on.</summary>
    public bool IsSwitch => (Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType) == typeof(bool);

    /// <summary>The default as a user would write it; empty for none.</summary>
    public string Default => Property.GetValue(Activator.CreateInstance(Options)) switch
    {
        bool value => value ? "true" : "false",
        IReadOnlyList<string> list => string.Join(',', list),
        IFormattable value => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        string text => text,
        _ => "",
    };

    /// <summary>The configuration entries that a value, or several, stand for.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Entries(IReadOnlyList<string> values) => IsList
        ? values.Select((value, i) => KeyValuePair.Create<string, string?>($"{Section}:{Key}:{i}", value))
        : [KeyValuePair.Create<string, string?>($"{Section}:{Key}", values[^1])];

    [GeneratedRegex("(?:^|-)(.)")]
    private static partial Regex WordStart();
}
