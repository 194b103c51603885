namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>Puts a request the way different people would: short, polite, as a question, with or without marks and capitals.</summary>
/// <remarks>The words of the reply follow from those of the request, so that nothing in a reply is left to chance.</remarks>
internal static class Wording
{
    private static readonly (string Words, string Reply)[] RequestOpenings =
    [
        ("", ""), ("", ""), ("", ""), ("", ""),
        ("Please ", "Of course. "), ("Please ", "Of course. "), ("Now ", ""), ("Can you ", "Sure. "), ("Could you ", "Sure. "),
        ("Could you please ", "Of course. "), ("Can you please ", "Of course. "), ("Would you ", "Sure. "),
        ("I want you to ", "All right. "),
        ("I need you to ", "All right. "), ("I would like you to ", "All right. "), ("Help me ", "Gladly. "), ("Hi, please ", "Hello! "),
        ("Hello, can you ", "Hello! "), ("Your task is to ", ""),
    ];

    private static readonly (string Words, string Reply)[] QuestionOpenings =
    [
        ("", ""), ("", ""), ("", ""), ("", ""), ("", ""),
        ("Please tell me: ", "Of course. "), ("Tell me, ", ""), ("Quick question: ", ""), ("A question: ", ""),
        ("Can you tell me: ", "Sure. "),
        ("I want to know: ", "All right. "), ("Hi, ", "Hello! "), ("Hello, ", "Hello! "), ("Do you know: ", "Sure. "), ("So, ", ""),
    ];

    private static readonly string[] QuestionWords =
        ["what", "how", "which", "who", "is", "was", "if", "when", "where", "why", "does", "do", "are", "can", "on"];

    /// <summary>With any case of their first letter.</summary>
    private static readonly string[] AskingWords = ["an you ", "ould you "];

    private static readonly string[] QuestionEnds = ["?", "?", "?", ""];
    private static readonly string[] RequestEnds = [".", "", "", "."];

    /// <summary>Words a request (<see cref="Phrasing.Request"/>), its slots filled or not.</summary>
    public static Question Word(Random random, string request)
    {
        if (request[0] == '!') return new Question(End(request[1..], random.Pick(RequestEnds)), "");
        bool asks = QuestionWords.Contains(request.Split(' ')[0]);
        (string words, string reply) = random.Pick(asks ? QuestionOpenings : RequestOpenings);
        bool endsAsQuestion = asks || AskingWords.Any(asking => words.Contains(asking, StringComparison.Ordinal));
        string text = End(words + request, random.Pick(endsAsQuestion ? QuestionEnds : RequestEnds));
        return new Question(WithCase(text, isCapital: random.Percent(70)), reply);
    }

    /// <summary>A request may end with a question of its own.</summary>
    private static string End(string text, string mark) => text[^1] == '?' ? text : text + mark;

    private static string WithCase(string text, bool isCapital) =>
        (isCapital ? char.ToUpperInvariant(text[0]) : char.ToLowerInvariant(text[0])) + text[1..];

    /// <summary>Puts a value into a slot.</summary>
    public static string Fill(this string text, string slot, string value) => text.Replace($"{{{slot}}}", value, StringComparison.Ordinal);

    public static string Fill(this string text, string slot, int value) => text.Fill(slot, $"{value}");

    /// <summary>The first letter as at the beginning of a sentence.</summary>
    public static string Capital(this string text) => WithCase(text, isCapital: true);
}
