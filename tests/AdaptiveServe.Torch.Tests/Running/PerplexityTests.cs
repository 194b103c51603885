using System.Text.Json;
using AdaptiveServe.Engine.Execution;
using AdaptiveServe.Engine.Sequences;
using AdaptiveServe.Tests;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Tests.Compute;

namespace AdaptiveServe.Torch.Tests.Running;

public class PerplexityTests
{
    /// <summary>The scheme of llama.cpp's perplexity tool: chunks that begin with BOS, of which the second half is scored.</summary>
    [Theory, MemberData(nameof(GoldenModel.NamesAndBackends), MemberType = typeof(GoldenModel))]
    public async Task Perplexity_RealText_EqualsGolden(string name, string backend)
    {
        GoldenModel model = GoldenModel.Load(name);
        TextTokenizer tokenizer = TokenizerLoader.Load(model.Folder);
        using InferenceEngine engine = model.Start(options => options.Choose(backend));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(model.Folder, "golden_ppl.json")));
        int texts = 0;
        foreach (JsonElement entry in golden.RootElement.EnumerateArray())
        {
            string path = Path.Combine(SharedData.Root!, entry.GetProperty("file").GetString()!);
            if (!File.Exists(path)) continue; // not every text is distributed
            texts++;
            string text = File.ReadAllText(path)[..entry.GetProperty("chars").GetInt32()];
            int[] tokens = tokenizer.Encode(text);
            Assert.Equal(entry.GetProperty("tokens").GetInt32(), tokens.Length);

            int context = entry.GetProperty("n_ctx").GetInt32(), scored = 0;
            double nll = 0;
            for (int chunk = 0; chunk < entry.GetProperty("chunks").GetInt32(); chunk++)
            {
                int[] prompt = tokens[(chunk * context)..((chunk + 1) * context)];
                prompt[0] = tokenizer.BosId!.Value;
                var sequence = new Sequence(prompt, new SamplingParams { MaxTokens = 0, PromptLogprobs = 0 });
                await engine.GenerateAsync(sequence);
                for (int i = context / 2 + 1; i < context; i++, scored++) nll -= sequence.PromptLogprobs[i][0].Logprob;
            }

            Assert.Equal(entry.GetProperty("scored").GetInt32(), scored);
            Assert.Equal(entry.GetProperty("ppl").GetDouble(), Math.Exp(nll / scored), 5e-4);
        }

        Assert.True(texts >= 2);
    }
}
