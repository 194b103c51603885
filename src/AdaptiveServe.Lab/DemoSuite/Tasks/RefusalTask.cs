namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>What a model of this size cannot do, and should say so.</summary>
internal sealed class RefusalTask : IDemoTask
{
    private const string Offer =
        "I am a small demo model. I can help with lists, small arithmetic, units, spelling, JSON and questions about AdaptiveServe.";

    private static readonly string[] Subjects =
    [
        "the sea", "love", "dogs", "cats", "winter", "summer", "the moon", "a king", "music", "football", "history", "Rome", "Paris",
        "space", "robots", "war",
        "peace", "friendship", "a dragon", "school", "money", "art", "cooking", "the future", "trees", "my dog", "my mother", "a journey",
        "the city", "computers",
        "birds", "the rain", "happiness", "a ghost", "trains", "the forest", "health", "sport", "science", "cars",
    ];

    private static readonly (string Ability, string[] Requests)[] Abilities =
    [
        ("tell you the weather", ["what is the weather in {city}", "how is the weather today in {city}", "will it rain in {city} tomorrow",
            "is it cold in {city}",
            "what is the temperature in {city}", "tell me the weather in {city}"]),
        ("tell you the news", ["what is the news about {subject}", "tell me the latest news from {city}", "what happened today in {city}",
            "give me the news about {subject}",
            "what is new in {city}", "who won the election in {city}"]),
        ("write longer texts", ["write an essay about {subject}", "write a story about {subject}", "write a poem about {subject}",
            "write a song about {subject}",
            "tell me a story about {subject}", "write a letter about {subject}", "write an article about {subject}",
            "compose a speech about {subject}"]),
        ("write programs", ["write a program about {subject} in {language}", "write {language} code for {subject}",
            "write a {language} function for {subject}",
            "fix my {language} code", "explain this {language} code", "how do I learn {language}",
            "write a game about {subject} in {language}"]),
        ("translate", ["translate {subject} into {tongue}", "how do you say {subject} in {tongue}", "what does {subject} mean in {tongue}",
            "say {subject} in {tongue}", "translate this text about {subject} to {tongue}"]),
        ("give opinions", ["what do you think about {subject}", "what is your opinion on {subject}", "do you like {subject}",
            "who is right about {subject}",
            "is {subject} good or bad", "what is better, {subject} or {other}", "what is the best book about {subject}"]),
        ("answer questions about the world", ["who invented {subject}", "what is the history of {subject}", "explain {subject}",
            "tell me about {subject}",
            "how many people live in {city}", "who is the mayor of {city}", "what is the meaning of {subject}",
            "why do people like {subject}", "where is {city}"]),
        ("give advice", ["should I buy {subject}", "which medicine helps with {subject}", "what should I eat in {city}",
            "which stock should I buy",
            "plan a trip to {city}", "book a flight to {city}", "find a hotel in {city}", "recommend a film about {subject}",
            "give me a recipe from {city}"]),
        ("make pictures or sounds", ["draw a picture of {subject}", "make an image of {subject}", "sing a song about {subject}",
            "show me a photo of {city}",
            "paint {subject}", "play a video about {subject}"]),
    ];

    private static readonly string[] Cities =
    [
        "Berlin", "Paris", "London", "Rome", "Madrid", "Vienna", "Oslo", "Lisbon", "Prague", "Athens", "Dublin", "Tokyo", "New York",
    ];
    private static readonly string[] Languages = ["Python", "Java", "C", "JavaScript", "Rust", "Go", "SQL", "C#"];
    private static readonly string[] Tongues =
    [
        "French", "German", "Spanish", "Italian", "Latin", "Russian", "Chinese", "Dutch", "Japanese",
    ];

    public string Name => "refusal";

    public DemoExample Generate(Random random, Difficulty difficulty)
    {
        (string ability, string[] requests) = random.Pick(Abilities);
        string[] subjects = random.PickDistinct(Subjects, 2);
        Question question = Wording.Word(random, random.Pick(requests)
            .Fill("subject", subjects[0]).Fill("other", subjects[1]).Fill("city", random.Pick(Cities))
            .Fill("language", random.Pick(Languages)).Fill("tongue", random.Pick(Tongues)));
        return Talk.Example(Name, question.Prompt, $"Sorry, I cannot {ability}. {Offer}", $"cannot {ability}");
    }
}
