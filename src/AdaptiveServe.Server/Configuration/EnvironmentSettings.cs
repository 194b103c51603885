using System.Collections;

namespace AdaptiveServe.Server.Configuration;

/// <summary>The settings that environment variables give.</summary>
internal static class EnvironmentSettings
{
    public static IEnumerable<KeyValuePair<string, string?>> Read() =>
        from setting in Settings.All
        let value = Environment.GetEnvironmentVariable(setting.Variable)
        where !string.IsNullOrEmpty(value)
        from entry in setting.Entries(setting.IsList ? value.Split(',', StringSplitOptions.TrimEntries) : [value])
        select entry;

    /// <summary>
    /// Variables of our prefix that mean nothing. They are reported and not refused: Kubernetes sets some of this form for a service
    /// called adaptiveserve.
    /// </summary>
    public static IReadOnlyList<string> Unknown()
    {
        HashSet<string> known = [.. Settings.All.Select(setting => setting.Variable)];
        return
        [
            .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => (string)entry.Key)
                .Where(name => name.StartsWith("ADAPTIVESERVE_", StringComparison.Ordinal) && !known.Contains(name))
                .Where(name => !name.StartsWith("ADAPTIVESERVE_TEST_", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        ];
    }
}
