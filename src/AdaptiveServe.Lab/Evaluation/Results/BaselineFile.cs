using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;

namespace AdaptiveServe.Lab.Evaluation.Results;

/// <summary>The results of an earlier evaluation, from its report.</summary>
internal sealed class BaselineFile
{
    private const long MaxBytes = 256L << 20;

    private BaselineFile(string path, IReadOnlyList<RecordedResult> results) => (Path, Results) = (path, results);

    public string Path { get; }

    public IReadOnlyList<RecordedResult> Results { get; }

    /// <exception cref="LabException">The file is no report of an evaluation.</exception>
    public static BaselineFile Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MaxBytes) throw new LabException($"{path}: is larger than {MaxBytes >> 20} MiB");
            return new BaselineFile(path, JsonSerializer.Deserialize<Document>(file, LabJson.Report)?.Results
                ?? throw new LabException($"{path}: is no report of 'eval': it is null"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new LabException($"{path}: is no report of 'eval': {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>A paired comparison needs the same examples: others would be compared without a word.</summary>
    /// <exception cref="LabException">They differ.</exception>
    public void EnsureSame(IReadOnlyList<EvaluationExample> examples)
    {
        if (Results.Count != examples.Count)
            throw new LabException($"{Path}: has {Results.Count} results, and the suite has {examples.Count} examples");
        for (int i = 0; i < examples.Count; i++)
        {
            if (Results[i]?.PromptHash != examples[i].Hash)
                throw new LabException($"{Path}: result {i + 1} is of another example: suite, seed, difficulty and limit must be the same");
        }
    }

    private sealed record Document
    {
        public required IReadOnlyList<RecordedResult> Results { get; init; }
    }
}
