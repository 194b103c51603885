namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Hello, how are you, who are you, what can you do.</summary>
internal sealed class GreetingTask : IDemoTask
{
    private static readonly (string Words, string Reply)[] Hellos =
    [
        ("hello", "Hello!"), ("hi", "Hello!"), ("hey", "Hello!"), ("hi there", "Hello!"), ("hello there", "Hello!"),
        ("good morning", "Good morning!"),
        ("good evening", "Good evening!"), ("good afternoon", "Good afternoon!"), ("good day", "Good day!"), ("greetings", "Hello!"),
        ("hello again", "Hello again!"), ("howdy", "Hello!"), ("hey there", "Hello!"), ("hallo", "Hello!"),
        ("nice to meet you", "Nice to meet you too!"),
    ];

    private static readonly string[] Names =
    [
        "", "", "", " assistant", " AdaptiveServe", " friend", " demo", " everyone", " my friend", " robot", " computer", " chat",
    ];
    private static readonly string[] Breaks = [". ", "! ", ", ", " "];
    private static readonly string[] Ends = ["?", "?", "", "?!"];

    private static readonly (string[] Questions, string Reply)[] Topics =
    [
        (["how are you", "how are you doing", "how is it going", "how are you today", "are you well", "how do you feel"],
            "I am fine, thank you. How can I help you?"),
        (["who are you", "what are you", "what is your name", "who am I talking to", "tell me who you are", "are you a person",
            "are you a robot",
            "are you human", "are you an AI", "are you a chatbot", "introduce yourself", "which model are you", "what should I call you"],
            "I am the demo model of AdaptiveServe, a small language model that was trained from scratch."),
        (["what can you do", "what can I ask you", "how can you help me", "can you help me", "what do you know", "what are you good at",
            "can I ask you something",
            "what should I ask you", "help", "I need help", "what are your skills", "I have a question",
            "give me an example of what you can do"],
            "I can work with lists, add and subtract, solve small word problems, convert units, spell words, write JSON and tell you " +
            "about AdaptiveServe."),
        (["who made you", "who built you", "where do you come from", "who trained you", "how were you trained", "how old are you",
            "what were you trained on"],
            "I was trained from scratch for the AdaptiveServe project, on small tasks that a program wrote."),
    ];

    public string Name => "greeting";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        (string words, string hello) = random.Pick(Hellos);
        string greeting = words + random.Pick(Names);
        (string[] questions, string reply) = random.Pick(Topics);
        return random.Next(10) switch
        {
            < 3 => Talk.Example(Name, Talk.Remark(random, greeting), $"{hello} How can I help you?", "How can I help you"),
            < 7 => Asked(random, greeting + random.Pick(Breaks), questions, $"{hello} {reply}", reply),
            _ => Asked(random, "", questions, reply, reply),
        };
    }

    private DemoExample Asked(Random random, string before, string[] questions, string response, string reply) => Talk.Example(
        Name, Talk.Case(random, before + random.Pick(questions) + random.Pick(Ends)), response, reply.TrimEnd('.', '?'));
}
