using System.CommandLine;
using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Lab.Files;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Lab.Tokenization;

/// <summary>Texts to token ids and back, with the tokenizer of a model.</summary>
internal static class TokenizeCommand
{
    public static Verb Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the model or its tokenizer.", HelpName = "DIR", Required = true };
        Option<string> batch = new("--batch") { Description = """A {"text": ...} on each line.""", HelpName = "JSONL", Required = true };
        Option<string> output = new("--out")
        {
            Description = """Where to write {"ids": [...], "text": what the ids decode to}, one for each.""",
            HelpName = "JSONL",
            Required = true,
        };
        Option<bool> noSpecial = new("--no-special") { Description = "Leave out the special tokens that are put around a text." };
        Verb verb = new("tokenize", "Turns texts into token ids, and these back into text.",
            "tokenize --model models/demo --batch lines.jsonl --out ids.jsonl")
        { model, batch, output, noSpecial };
        verb.SetAction((parsed, cancellation) => Task.FromResult(Run(
            TokenizerLoader.Load(parsed.GetRequiredValue(model)), parsed.GetRequiredValue(batch), parsed.GetRequiredValue(output),
            !parsed.GetValue(noSpecial), parsed.InvocationConfiguration.Output, cancellation)));
        return verb;
    }

    private static int Run(
        TextTokenizer tokenizer, string from, string to, bool addSpecial, TextWriter output, CancellationToken cancellation)
    {
        int lines = JsonLines.Convert(from, to, line => Tokenize(tokenizer, line.RequiredText("text"), addSpecial), cancellation);
        output.WriteLine($"{lines} lines written to {to}");
        return ExitCode.Success;
    }

    private static TokenizedText Tokenize(TextTokenizer tokenizer, string text, bool addSpecial)
    {
        int[] ids = tokenizer.Encode(text, addSpecial);
        return new TokenizedText(ids, tokenizer.Decode(ids));
    }
}
