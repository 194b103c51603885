using System.Globalization;
using AdaptiveServe.Lab.CommandLine;
using Spectre.Console;

namespace AdaptiveServe.Lab.Training;

/// <summary>Shows how trainings go: a bar for each model where somebody watches, lines where not.</summary>
internal sealed class TrainingProgress
{
    private readonly TextWriter _output;
    private readonly ProgressContext? _bars;
    private readonly Dictionary<string, ProgressTask> _tasks = [];

    private TrainingProgress(TextWriter output, ProgressContext? bars) => (_output, _bars) = (output, bars);

    /// <summary>Runs work that shows its progress; the work has a thread of its own.</summary>
    public static Task RunAsync(TextWriter output, Action<TrainingProgress> work)
    {
        IAnsiConsole console = LabConsole.On(output);
        if (!console.Profile.Out.IsTerminal) return RunOnThread(() => work(new TrainingProgress(output, null)));
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => RunOnThread(() => work(new TrainingProgress(output, context))));
    }

    /// <param name="name">Of the model.</param>
    /// <param name="progress">Share of its training that is done.</param>
    /// <param name="details">Where it is.</param>
    /// <param name="left">Time it still needs.</param>
    public void Show(string name, double progress, string details, TimeSpan left)
    {
        if (_bars is null)
        {
            _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-5} {progress,6:P1}  {details}  {left:hh\\:mm\\:ss} left"));
            return;
        }

        if (!_tasks.TryGetValue(name, out ProgressTask? task)) _tasks[name] = task = _bars.AddTask(name, maxValue: 1);
        task.Description = Markup.Escape($"{name} {details}");
        task.Value = progress;
    }

    /// <summary>A line of its own, where there are no bars.</summary>
    public void Say(string line)
    {
        if (_bars is null) _output.WriteLine(line);
    }

    private static Task RunOnThread(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
