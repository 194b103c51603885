namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>An example as a line of a file; <see cref="DemoExample"/> says what is what.</summary>
internal sealed record DemoDataLine(string Task, string Prompt, string Answer, string Checker, string Response)
{
    public static DemoDataLine Of(DemoExample example) =>
        new(example.Task, example.Prompt, example.Answer, example.Checker.Name, example.Response);
}
