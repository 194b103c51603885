using AdaptiveServe.Lab.Evaluation;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Training.Demo;

/// <summary>Shapes and lengths of a training of the demo pair.</summary>
/// <param name="VocabularySize">Tokens of both models.</param>
/// <param name="TokenizerChats">How many chats the tokenizer is trained on.</param>
internal sealed record DemoPairPreset(int VocabularySize, int TokenizerChats)
{
    private const int HeadDim = 64;

    /// <summary>The context that the models declare.</summary>
    public const int MaxPositions = 512;

    public static DemoPairPreset Full { get; } = new(2048, 20_000)
    {
        // Half of the tokens go through half of the depth first: more of them in the same time.
        Large = new(256, 768, 4, 2, 1.6e-3f, 0.05,
            new(5, 6_000_000, 192), new(10, 5_800_000, 192), new(10, 1_500_000, 512, Rate: 5)),
        Small = new(128, 384, 2, 1, 2e-3f, 0, new(2, 8_000_000, 192), new(2, 800_000, 512, Rate: 4)),
    };

    /// <summary>Held-out questions that each checkpoint asks.</summary>
    public int CheckpointQuestions { get; init; } = 200;

    /// <summary>Held-out questions that the scores are of, in range and out of range.</summary>
    public int TestQuestions { get; init; } = 1000;

    /// <summary>Tokens of an answer at most.</summary>
    public int AnswerTokens { get; init; } = new EvaluationOptions().MaxTokens;

    /// <summary>Two minutes on two cores: the whole way, and models that have learned next to nothing.</summary>
    public static DemoPairPreset Smoke { get; } = new(768, 500)
    {
        CheckpointQuestions = 0,
        TestQuestions = 100,
        AnswerTokens = 16, // a model that has learned next to nothing does not know where to end
        Large = new(64, 172, 1, 1, 4e-3f, 0.1, new(2, 100_000, 192), new(4, 60_000, 192)),
        Small = new(64, 172, 1, 1, 4e-3f, 0, new TrainingStage(1, 60_000, 192)),
    };

    public required DemoModelShape Large { get; init; }

    public required DemoModelShape Small { get; init; }

    /// <summary>The two recipes, the small one first: it is done soon.</summary>
    /// <param name="vocabulary">What the tokenizer came to.</param>
    public IReadOnlyList<ModelRecipe> Recipes(int vocabulary) => [Recipe("small", Small, vocabulary), Recipe("large", Large, vocabulary)];

    private static ModelRecipe Recipe(string name, DemoModelShape shape, int vocabulary)
    {
        ModelConfig config = new()
        {
            Family = ModelFamily.Llama,
            HiddenSize = shape.Hidden,
            IntermediateSize = shape.Intermediate,
            Layers = shape.Stages[^1].Layers,
            AttentionHeads = shape.Heads,
            KeyValueHeads = shape.KeyValueHeads,
            HeadDim = HeadDim,
            VocabularySize = vocabulary,
            MaxPositions = MaxPositions,
            RmsNormEpsilon = 1e-5,
            TieWordEmbeddings = true,
        };
        return new ModelRecipe(name, config, shape.Stages, shape.LearningRate) { LayerDrop = shape.LayerDrop };
    }
}
