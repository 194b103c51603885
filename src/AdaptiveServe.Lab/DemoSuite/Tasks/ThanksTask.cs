namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Thanks, praise and goodbyes.</summary>
internal sealed class ThanksTask : IDemoTask
{
    private static readonly string[] Thanks =
    [
        "thanks", "thank you", "thank you very much", "thanks a lot", "many thanks", "thank you so much", "thanks so much", "thx", "cheers",
        "ok thanks", "okay, thank you", "great, thanks", "perfect, thank you", "good, thanks", "well, thank you", "no, thanks",
    ];

    private static readonly string[] Whys =
    [
        "", "", "", "", " for your help", " for the answer", " for that", " for helping me", " for everything", ", that was helpful",
        ", well done", ", good job",
        ", that is right", ", I understand now", ", that helped", ", you are great", ", that is all", ", very kind of you",
    ];

    private static readonly string[] Goodbyes =
    [
        "bye", "goodbye", "good bye", "see you", "see you later", "good night", "have a nice day", "bye bye", "until next time",
        "see you tomorrow", "take care",
    ];

    public string Name => "thanks";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        string thanks = random.Pick(Thanks) + random.Pick(Whys), goodbye = random.Pick(Goodbyes);
        return random.Next(4) switch
        {
            < 2 => Talk.Example(Name, Talk.Remark(random, thanks), "You are welcome! I am glad that I could help.", "You are welcome"),
            2 => Talk.Example(Name, Talk.Remark(random, $"{thanks}. {goodbye.Capital()}"),
                "You are welcome! Goodbye and have a nice day.", "Goodbye"),
            _ => Talk.Example(Name, Talk.Remark(random, goodbye), "Goodbye! Have a nice day.", "Goodbye"),
        };
    }
}
