using System.CommandLine;
using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Evaluation.Methods;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Evaluation.Suites;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Torch;

namespace AdaptiveServe.Lab.Evaluation;

/// <summary>Measures how often a model or a pair is right, in this process and without a server.</summary>
internal static class EvalCommand
{
    public static Verb Create()
    {
        Verb verb = new("eval", "Lets a model answer the examples of a suite and counts what is right.",
            "eval --model demo --alias demo:large --suite demo --limit 1000 --json large.json");
        EvalArguments arguments = new(verb);
        verb.SetAction((parsed, cancellation) =>
        {
            EvalOptions options = arguments.Read(parsed);
            return options.Compare is { } compare
                ? CompareRunner.RunAsync(options, compare, parsed.InvocationConfiguration, cancellation)
                : RunAsync(options, parsed.InvocationConfiguration, cancellation);
        });
        return verb;
    }

    private static async Task<int> RunAsync(EvalOptions options, InvocationConfiguration console, CancellationToken cancellation)
    {
        // All that can be wrong on the way in or out shows before a model is loaded.
        IReadOnlyList<EvaluationExample> examples = EvaluationSuite.Load(
            options.Suite, options.Limit, options.Evaluation.Seed, options.Difficulty);
        BaselineFile? baseline = options.Baseline is { } path ? BaselineFile.Read(path) : null;
        baseline?.EnsureSame(examples);
        TorchRunnerOptions models = ModelFolders.Find(options.Model, options.SmallModel, options.Threads, options.Adapter);
        options = options with { Evaluation = options.Evaluation with { Adaptive = options.Evaluation.Adaptive.Resolve(models) } };
        using OutputFile? json = options.Json is null ? null : OutputFile.Create(options.Json);
        using OutputFile? answers = options.Answers is null ? null : OutputFile.Create(options.Answers);

        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        using EvaluationModel model = EvaluationModel.Load(models, options.Concurrency);
        EvaluationResult result = await ProgressBar.RunAsync(console.Error, "examples", examples.Count, onDone =>
            Evaluator.RunAsync(model, examples, options.Evaluation, onDone, cancellation));
        EvaluationReport report = ReportBuilder.Build(options, startedAt, model.Templates is not null, result, baseline);
        EvaluationTable.Write(report, console.Output);
        if (json is not null) JsonSerializer.Serialize(json.Stream, report, LabJson.Report);
        if (answers is not null) WriteAnswers(answers.Stream, result);
        json?.Commit();
        answers?.Commit();
        return ExitCode.Success;
    }

    private static void WriteAnswers(Stream stream, EvaluationResult result)
    {
        foreach (ExampleResult example in result.Examples)
        {
            JsonSerializer.Serialize(stream, AnswerLine.Of(example), LabJson.Line);
            stream.WriteByte((byte)'\n');
        }
    }
}
