using System.Globalization;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Benchmarks.Workload;

/// <summary>Reads recorded arrivals in the format of the Azure LLM inference traces.</summary>
/// <remarks>
/// A line is <c>2023-11-16 18:15:46.6805900,374,44</c>: when the request came, the tokens of its prompt and of its answer (Patel et al.,
/// Splitwise, ISCA 2024).
/// </remarks>
internal static class TraceFile
{
    private const string Header = "TIMESTAMP,ContextTokens,GeneratedTokens";
    private const int MaxTokens = 10_000_000;
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(30);

    /// <summary>Reads the first arrivals of a trace; times count from the first one.</summary>
    /// <exception cref="LabException">The file cannot be read, or a line is malformed or earlier than the one before.</exception>
    public static List<Arrival> Read(string path, int limit)
    {
        try
        {
            return Read(path, File.ReadLines(path), limit);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    private static List<Arrival> Read(string path, IEnumerable<string> lines, int limit)
    {
        List<Arrival> arrivals = [];
        DateTime? first = null;
        TimeSpan last = TimeSpan.Zero;
        int number = 0;
        foreach (string line in lines)
        {
            if (++number == 1 && line.TrimStart('\uFEFF') != Header) throw new LabException($"{path}: the first line is not '{Header}'");
            if (number == 1) continue;
            if (arrivals.Count == limit) break;
            if (!TryParse(line, out DateTime time, out int prompt, out int output))
                throw new LabException($"{path}:{number}: is not of the form '2023-11-16 18:15:46.6805900,374,44'");
            TimeSpan at = time - (first ??= time);
            if (at < last || at > MaxDuration)
                throw new LabException($"{path}:{number}: its time is before that of the line above, or after {MaxDuration.Days} days");
            last = at;
            arrivals.Add(new Arrival(at, prompt, output));
        }

        return arrivals.Count > 0 ? arrivals : throw new LabException($"{path}: holds no arrivals");
    }

    private static bool TryParse(string line, out DateTime time, out int prompt, out int output)
    {
        string[] fields = line.Split(',');
        prompt = output = 0;
        time = default;
        return fields.Length == 3
            && DateTime.TryParseExact(fields[0], "yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.None, out time)
            && IsCount(fields[1], out prompt)
            && IsCount(fields[2], out output);
    }

    private static bool IsCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count <= MaxTokens;
}
