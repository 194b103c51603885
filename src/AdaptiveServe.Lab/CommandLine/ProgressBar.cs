using Spectre.Console;

namespace AdaptiveServe.Lab.CommandLine;

/// <summary>Shows how far long work has come, where somebody watches.</summary>
internal static class ProgressBar
{
    /// <summary>Runs work that calls its argument after each of <paramref name="total"/> parts, from any thread.</summary>
    public static Task<T> RunAsync<T>(TextWriter error, string title, int total, Func<Action, Task<T>> work)
    {
        IAnsiConsole console = LabConsole.On(error);
        if (!console.Profile.Out.IsTerminal) return work(() => { });
        return console.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(),
                new ElapsedTimeColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: total);
                return work(() => task.Increment(1));
            });
    }
}
