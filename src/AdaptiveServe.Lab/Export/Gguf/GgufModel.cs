using AdaptiveServe.Lab.CommandLine;
using AdaptiveServe.Text.ChatTemplates;
using AdaptiveServe.Text.Tokenizers;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>What a GGUF file of a model holds, checked as a whole; the weights are still on disk.</summary>
/// <param name="Metadata">What is said about the model and its tokenizer.</param>
/// <param name="Tensors">Its weights in the order of the file.</param>
/// <param name="Notes">In what llama.cpp will differ from this server, a sentence each.</param>
internal sealed record GgufModel(GgufMetadata Metadata, IReadOnlyList<GgufTensor> Tensors, IReadOnlyList<string> Notes)
{
    /// <exception cref="LabException">llama.cpp cannot run the model, or the format cannot say what it is.</exception>
    /// <exception cref="ModelLoadException">A weight is missing, surplus, or of another shape.</exception>
    /// <exception cref="TokenizerLoadException">The tokenizer cannot be read.</exception>
    public static GgufModel Describe(string folder, ModelConfig config, Checkpoint checkpoint, GgufDtype dtype)
    {
        List<string> notes = [];
        GgufMetadata metadata = new();
        new ModelMetadata(metadata, config, folder, notes).Add(dtype);
        new TokenizerMetadata(metadata, config, TokenizerLoader.Load(folder).Definition, notes).Add();
        AddChatTemplates(metadata, folder);
        return new GgufModel(metadata, new ModelTensors(config, checkpoint, dtype, notes).List(), notes);
    }

    private static void AddChatTemplates(GgufMetadata metadata, string folder)
    {
        ChatTemplateSet? templates = ReadChatTemplates(folder);
        if (templates is null) return;
        metadata.Add("tokenizer.chat_template", templates.Default.Source);
        if (templates.ToolUse is not { } toolUse) return;
        metadata.Add("tokenizer.chat_templates", ["tool_use"]);
        metadata.Add("tokenizer.chat_template.tool_use", toolUse.Source);
    }

    private static ChatTemplateSet? ReadChatTemplates(string folder)
    {
        try
        {
            return ChatTemplateLoader.Load(folder);
        }
        catch (ChatTemplateException exception)
        {
            throw new LabException(exception.Message, exception);
        }
    }
}
