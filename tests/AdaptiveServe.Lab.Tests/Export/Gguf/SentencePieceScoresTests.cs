using System.Text;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

public class SentencePieceScoresTests
{
    private static readonly string[] Texts =
    [
        "Once upon a time, there was a little girl named Lily.", "   three spaces,  two, and twenty:                    .",
        "internationalization of hyperparameters", "x = 3.14159; y += f(x)", "aaaaaaaaaaa", "\n\n\n", "Ünïcödé と漢字 🙂",
    ];

    /// <summary>Merging by the scores of the file, as llama.cpp does, gives the ids of this server's tokenizer.</summary>
    [Theory]
    [InlineData("tokenizers/llama-2", 32000)]
    [InlineData("tokenizers/phi-3", 32064)]
    [InlineData("models/stories260K", 512)]
    public async Task Export_RealTokenizer_MergesByScoreLikeTheListOfMerges(string folder, int rows)
    {
        using SmallModel model = new($$"""{"vocab_size": {{rows}}}""");
        File.Copy(SharedData.Path(folder + "/tokenizer.json"), model.File("tokenizer.json"), overwrite: true);
        GgufFile file = await model.ExportedAsync("q8_0");
        string[] tokens = file.Values<string>("tokenizer.ggml.tokens");
        float[] scores = file.Values<float>("tokenizer.ggml.scores");
        Dictionary<string, int> ids = tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        TextTokenizer tokenizer = TokenizerLoader.Load(model.Folder);
        foreach (string text in Texts) Assert.Equal(tokenizer.Encode(text, addSpecialTokens: false), Encode(text, ids, scores));
    }

    private static List<int> Encode(string text, Dictionary<string, int> ids, float[] scores)
    {
        List<string> symbols = [.. ("▁" + text.Replace(' ', '▁')).EnumerateRunes().Select(rune => rune.ToString())];
        while (BestPair(symbols, ids, scores) is { } i)
        {
            symbols[i] += symbols[i + 1];
            symbols.RemoveAt(i + 1);
        }

        return [.. symbols.SelectMany(symbol => ids.TryGetValue(symbol, out int id)
            ? [id]
            : Encoding.UTF8.GetBytes(symbol).Select(value => ids[$"<0x{value:X2}>"]))];
    }

    /// <summary>The neighbours that form the piece of the best score, of equal ones the first.</summary>
    private static int? BestPair(List<string> symbols, Dictionary<string, int> ids, float[] scores)
    {
        (int? best, float bestScore) = (null, float.NegativeInfinity);
        for (int i = 0; i + 1 < symbols.Count; i++)
            if (ids.TryGetValue(symbols[i] + symbols[i + 1], out int id) && scores[id] > bestScore) (best, bestScore) = (i, scores[id]);
        return best;
    }
}
