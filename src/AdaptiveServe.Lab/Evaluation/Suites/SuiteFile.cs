using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.Evaluation.Suites;

/// <summary>
/// A suite in a file with a JSON object on each line: a <c>prompt</c> (or <c>question</c>) or <c>messages</c>, the <c>answer</c>, and, if
/// wanted, the <c>checker</c> (<c>exact</c>) and the <c>task</c> (the file's name).
/// </summary>
internal static class SuiteFile
{
    private const long MaxBytes = 256L << 20;
    private const int MaxTaskLength = 64;

    private static readonly string[] Kinds = ["prompt", "question", "messages"];
    private static readonly string[] Roles = ["system", "user", "assistant"];

    /// <summary>Reads and checks the whole file.</summary>
    /// <exception cref="LabException">The file cannot be read, holds nothing or too much, or has a line that is wrong.</exception>
    public static IReadOnlyList<EvaluationExample> Read(string path)
    {
        bool isTooLarge = new FileInfo(path) is { Exists: true, Length: > MaxBytes };
        if (isTooLarge) throw new LabException($"{path}: is larger than {MaxBytes >> 20} MiB");
        string task = Path.GetFileNameWithoutExtension(path);
        List<EvaluationExample> examples = [];
        foreach (JsonLine line in JsonLines.Read(path))
        {
            if (examples.Count == EvaluationSuite.MaxExamples)
                throw line.Fault($"a suite has at most {EvaluationSuite.MaxExamples} examples");
            examples.Add(Read(line, task));
        }

        return examples.Count > 0 ? examples : throw new LabException($"{path}: holds no examples");
    }

    private static EvaluationExample Read(JsonLine line, string defaultTask)
    {
        string task = line.Text("task") ?? defaultTask;
        if (task.Length is 0 or > MaxTaskLength) throw line.Fault($"'task' must have 1 to {MaxTaskLength} characters");
        EvaluationExample example = new(task, Messages(line), line.RequiredText("answer"), Checker(line));
        try
        {
            // What is wrong with an answer shows on any reply: here, and not after the model has worked for an hour.
            example.Checker.Passes("", example.Answer);
            return example;
        }
        catch (LabException exception)
        {
            throw line.Fault(exception.Message);
        }
    }

    private static Checker Checker(JsonLine line)
    {
        string? name = line.Text("checker");
        try
        {
            return name is null ? Checkers.Exact : Checkers.Get(name);
        }
        catch (LabException exception)
        {
            throw line.Fault(exception.Message);
        }
    }

    private static List<EvaluationMessage> Messages(JsonLine line)
    {
        string[] kinds = [.. Kinds.Where(name => line.Root.TryGetProperty(name, out _))];
        if (kinds is not [var kind]) throw line.Fault("must have one of 'prompt', 'question' and 'messages'");
        return kind == "messages" ? Conversation(line) : [new("user", line.RequiredText(kind))];
    }

    private static List<EvaluationMessage> Conversation(JsonLine line)
    {
        JsonElement messages = line.Root.GetProperty("messages");
        bool isEmpty = messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0;
        if (isEmpty) throw line.Fault("'messages' is no array, or empty");
        List<EvaluationMessage> conversation = [.. messages.EnumerateArray().Select(message => Message(line, message))];
        return conversation[^1].Role != "assistant" ? conversation : throw line.Fault("the last of 'messages' is the assistant's");
    }

    private static EvaluationMessage Message(JsonLine line, JsonElement message)
    {
        string? role = Text(message, "role"), content = Text(message, "content");
        return Roles.Contains(role) && content is not null && message.EnumerateObject().Count() == 2
            ? new EvaluationMessage(role!, content)
            : throw line.Fault("each of 'messages' has a 'role' (system, user, assistant), a text as 'content', and nothing else");
    }

    private static string? Text(JsonElement owner, string name)
    {
        bool isThere = owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out _);
        return isThere && owner.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
    }
}
