using System.Globalization;
using System.Text;
using AdaptiveServe.Lab.Evaluation.Results;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Lab.Inspection;

namespace AdaptiveServe.Lab.Training.Demo;

/// <summary>The <c>README.md</c> of a model of the pair.</summary>
internal static class ModelCard
{
    /// <param name="folder">Of the pair.</param>
    /// <param name="recipe">How the model was trained.</param>
    /// <param name="seed">Of the training.</param>
    /// <param name="inRange">Its answers to held-out questions of the sizes that training shows.</param>
    /// <param name="outOfRange">And to larger ones.</param>
    public static void Write(DemoPairFolder folder, ModelRecipe recipe, int seed, EvaluationResult inRange, EvaluationResult outOfRange)
    {
        TrainingPoint last = TrainingLog.Read(folder.Training(recipe.Name))[^1];
        StringBuilder card = new();
        card.Append(CultureInfo.InvariantCulture, $"""
            ---
            license: mit
            language: en
            pipeline_tag: text-generation
            ---

            # AdaptiveServe demo: the {recipe.Name} model

            One of the two models that AdaptiveServe starts with when none is named. The pair shows adaptive inference: the small model manages
            formats and easy prose, and fails where several steps of work are needed; the large one does not.

            | | |
            | --- | --- |
            | Architecture | Llama: {recipe.Config.Layers} layers, hidden {recipe.Config.HiddenSize}, MLP {recipe.Config.IntermediateSize}, {recipe.Config.AttentionHeads} heads of {recipe.Config.HeadDim} ({recipe.Config.KeyValueHeads} for keys and values), embedding and output tied |
            | Parameters | {ModelSummary.Read(folder.Model(recipe.Name)).Parameters:N0}, bfloat16 |
            | Tokenizer | byte-level BPE of {recipe.Config.VocabularySize} tokens, digits one by one; the same for both models |
            | Context | {recipe.Config.MaxPositions} tokens declared, trained on rows of up to {recipe.Stages.Max(stage => stage.RowLength)} |
            | Data | chats written by a program (`src/AdaptiveServe.Lab/DemoSuite`), no text of others; one in 16 questions, by hash, is never trained on |
            | Training | {last.Tokens:N0} tokens in {recipe.Stages.Count} stages ({string.Join(", ", recipe.Stages.Select(stage => $"{stage.Layers} layers"))}), {TimeSpan.FromSeconds(last.Seconds):h\:mm\:ss} hours, bfloat16 products and float32 weights; Muon for matrices, AdamW for the rest, cosine; layer-drop {recipe.LayerDrop} at the full depth; seed {seed} |
            | Last loss | {last.Loss:F4} nats a token of the assistant |

            Made with `adaptiveserve-lab train demo-pair --out models/demo --seed {seed}`.

            ## Scores

            Share of held-out questions answered right, greedy, with 95 % intervals (Wilson). Out of range: longer lists, more digits, more steps
            than training ever shows.

            | Task | In range | Out of range |
            | --- | --- | --- |

            """);
        foreach ((string task, Score score) in inRange.Tasks)
            card.Append($"| {task} | {Show(score)} | {(outOfRange.Tasks.TryGetValue(task, out Score? harder) ? Show(harder) : "")} |\n");
        card.Append($"| **all** | {Show(inRange.Total)} | {Show(outOfRange.Total)} |\n");
        card.Append("""

            ## Limits

            It knows nothing but these tasks, a page of facts about AdaptiveServe, greetings, and how to say no. English in ASCII only; what is
            worded very differently from the training data is misread; answers can be wrong and sound sure. Not for any use but showing and
            testing this server.

            """);
        using OutputFile file = OutputFile.Create(Path.Combine(folder.Model(recipe.Name), "README.md"));
        file.Stream.Write(Encoding.UTF8.GetBytes(card.ToString()));
        file.Commit();
    }

    private static string Show(Score score) => string.Create(CultureInfo.InvariantCulture,
        $"{100 * score.Accuracy:0.0} % ({100 * score.Interval95.Low:0.0} to {100 * score.Interval95.High:0.0}, n = {score.N})");
}
