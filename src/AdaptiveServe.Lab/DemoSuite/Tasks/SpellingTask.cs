using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>The letters of common words.</summary>
internal sealed class SpellingTask : IDemoTask
{
    private static readonly string[] SpellRequests =
    [
        "spell {word}", "spell the word {word}", "how do you spell {word}", "how is {word} spelled", "what is the spelling of {word}",
        "write {word} letter by letter", "give me the letters of {word}", "what letters are in {word}", "how do I write {word}",
        "!spell: {word}",
    ];

    private static readonly string[] BackwardRequests =
    [
        "spell {word} backwards", "spell the word {word} backwards", "how do you spell {word} backwards",
        "what is {word} spelled backwards",
        "write {word} backwards", "reverse the letters of {word}", "give me the letters of {word} in reverse", "what is {word} backwards",
        "how is {word} written backwards", "!{word} backwards",
    ];

    private static readonly string[] LengthRequests =
    [
        "how many letters does {word} have", "how many letters are in {word}", "how many letters are in the word {word}",
        "count the letters of {word}",
        "count the letters in the word {word}", "how long is the word {word}", "what is the number of letters in {word}",
        "tell me how many letters {word} has", "find out how many letters are in {word}", "!letters in {word}",
    ];

    private static readonly string[] EndRequests =
    [
        "what is the {end} letter of {word}", "what is the {end} letter in the word {word}", "which letter is {end} in {word}",
        "which is the {end} letter of the word {word}", "tell me the {end} letter of {word}", "give me the {end} letter of {word}",
        "find the {end} letter of the word {word}", "which letter comes {end} in {word}", "name the {end} letter of {word}",
        "!{end} letter of {word}",
    ];

    private static readonly string[] OccurrenceRequests =
    [
        "how many {letter}'s are in {word}", "how often is {letter} in {word}", "how many times does {letter} occur in {word}",
        "how many times is the letter {letter} in {word}", "count the letter {letter} in {word}",
        "how often does the letter {letter} appear in {word}",
        "count how often {letter} is in the word {word}", "tell me how many times {letter} is in {word}",
        "find each {letter} in {word} and count them",
        "!number of {letter} in {word}",
    ];

    private static readonly string[] Quotes = ["", "", "\"", "'"];

    public string Name => "spelling";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        string word = random.Pick(difficulty == Difficulty.InRange ? Words.Common : Words.Long);
        string letters = string.Join(' ', word.ToCharArray()), backwards = string.Join(' ', word.Reverse());
        return random.Next(10) switch
        {
            < 2 => Reply(random, SpellRequests, word, $"The word {word} is spelled: {letters}", letters, Checkers.List),
            < 4 => Reply(random, BackwardRequests, word,
                $"The letters of {word} are {letters}. Backwards: {backwards}", backwards, Checkers.List),
            < 6 => Reply(random, LengthRequests, word,
                $"I count the letters of {word}: {Walk(word)}. The word has {word.Length} letters.", $"{word.Length}", Checkers.Number),
            < 8 => End(random, word, letters),
            _ => Occurrences(random, word),
        };
    }

    private DemoExample End(Random random, string word, string letters)
    {
        bool isFirst = random.Percent(50);
        (string end, string letter) = isFirst ? ("first", $"{word[0]}") : ("last", $"{word[^1]}");
        return Reply(random, [.. EndRequests.Select(request => request.Fill("end", end))], word,
            $"The letters of {word} are {letters}. The {end} letter: {letter}", letter, Checkers.List);
    }

    private DemoExample Occurrences(Random random, string word)
    {
        char letter = random.Pick(word.ToCharArray());
        int count = 0;
        string walk = string.Join(", ", word.Select(other => other == letter ? $"{other} yes {++count}" : $"{other} no"));
        return Reply(random, [.. OccurrenceRequests.Select(request => request.Fill("letter", $"{letter}"))], word,
            $"I look for {letter} in {word}: {walk}. The count of {letter} is {count}.", $"{count}", Checkers.Number);
    }

    private DemoExample Reply(Random random, string[] requests, string word, string reply, string answer, Checker checker)
    {
        string quote = random.Pick(Quotes);
        Question question = Wording.Word(random, random.Pick(requests).Fill("word", quote + word + quote));
        return new DemoExample(Name, question.Prompt, question.Opening + reply, answer, checker);
    }

    private static string Walk(string word) => string.Join(", ", word.Select((letter, index) => $"{letter} {index + 1}"));
}
