using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.LayerRouting.Search;

/// <summary>Labels as JSON lines: a search that was ended goes on where it was.</summary>
/// <remarks>The first line names the model; a line that was cut off is dropped.</remarks>
internal sealed class LabelFile : IDisposable
{
    private readonly StreamWriter _writer;
    private readonly Lock _gate = new();

    private LabelFile(StreamWriter writer, IReadOnlyDictionary<string, PathLabel> known) => (_writer, Known) = (writer, known);

    /// <summary>What an earlier search found, by the hash of the example.</summary>
    public IReadOnlyDictionary<string, PathLabel> Known { get; }

    /// <param name="path">The file; made when it is not there.</param>
    /// <param name="fingerprint">Of the model.</param>
    /// <param name="isSure">What paths it holds: sure ones, or shortest ones.</param>
    /// <exception cref="LabException">It cannot be used, is of another model, or holds other paths.</exception>
    public static LabelFile Open(string path, string fingerprint, bool isSure)
    {
        try
        {
            string[] lines = File.Exists(path) ? File.ReadAllLines(path) : [];
            Dictionary<string, PathLabel> known = [];
            List<string> whole = [JsonSerializer.Serialize(new Header(fingerprint, isSure), LabJson.Line)];
            if (lines.Length > 0) EnsureFits(path, Parse<Header>(lines[0]), fingerprint, isSure);
            foreach (string line in lines.Skip(1))
            {
                if (Parse<PathLabel>(line) is not { Hash: not null, Task: not null, Paths: not null } label || !known.TryAdd(label.Hash, label)) continue;
                whole.Add(line);
            }

            File.WriteAllLines(path, whole);
            return new LabelFile(new StreamWriter(path, append: true) { AutoFlush = true }, known);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"{path}: cannot be used: {exception.Message}", exception);
        }
    }

    public void Add(PathLabel label)
    {
        string line = JsonSerializer.Serialize(label, LabJson.Line);
        lock (_gate) _writer.WriteLine(line);
    }

    public void Dispose() => _writer.Dispose();

    private static void EnsureFits(string path, Header? header, string fingerprint, bool isSure)
    {
        if (header is null) throw new LabException($"{path}: is no file of labels");
        if (header.Model != fingerprint)
            throw new LabException($"{path}: holds labels of the model '{OneLine.Of(header.Model ?? "")}', and this one is {fingerprint}");
        if (header.IsSure != isSure) throw new LabException($"{path}: holds {(isSure ? "the shortest" : "sure")} paths, and others are asked for (--paths)");
    }

    private static T? Parse<T>(string line)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, LabJson.Line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Header(string? Model, bool IsSure = false);
}
