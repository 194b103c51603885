using System.Text.Json;
using AdaptiveServe.Server.Generation;
using AdaptiveServe.Server.OpenAI.Errors;
using AdaptiveServe.Server.OpenAI.Fields;

namespace AdaptiveServe.Server.OpenAI;

/// <summary>Fields and checks that both completion endpoints share.</summary>
internal static class CommonFields
{
    public static readonly TextField Model = new("model", 512);
    public static readonly TextField User = new("user", 4096);
    public static readonly ObjectField Metadata = new("metadata");

    /// <summary>Fields that are checked and then play no part.</summary>
    public static IReadOnlyList<IField> Ignored { get; } = [User, Metadata];

    public static void CheckIgnored(JsonElement body)
    {
        foreach (IField field in Ignored) field.Check(body);
    }

    /// <summary>How many tokens may be generated after a prompt of that length.</summary>
    /// <param name="field">The field that gives it.</param>
    /// <param name="wanted">What it says; null takes the default, as far as context and memory allow.</param>
    /// <param name="fallback">The default.</param>
    /// <param name="promptTokens">Length of the longest prompt.</param>
    /// <param name="promptField">The field that gives the prompt.</param>
    /// <param name="model">Whose context it must fit into.</param>
    /// <exception cref="ApiException">Prompt and answer together are longer than the context.</exception>
    public static int FitContext(string field, long? wanted, int fallback, int promptTokens, string promptField, ServedModel model)
    {
        int context = model.Engine.Info.ContextLength, room = context - promptTokens;
        if (room < 0 || (room == 0 && wanted != 0))
        {
            throw ApiException.Invalid(promptField,
                $"The prompt has {promptTokens} tokens, which leaves no room for an answer: it is longer than the model's context length of {context} tokens allows.",
                "context_length_exceeded");
        }

        if (wanted > room)
        {
            throw ApiException.Invalid(field,
                $"Invalid '{field}': {wanted} tokens after a prompt of {promptTokens} exceed the model's context length of {context} tokens; at most {room} fit.",
                "context_length_exceeded");
        }

        // Where memory holds less than the context, a default that never fits would refuse every request that leaves the field out.
        long memory = (long)model.Engine.Info.LargeBlocks * model.Engine.Info.BlockSize - promptTokens;
        return (int)(wanted ?? Math.Min(fallback, Math.Min(room, Math.Max(1, memory))));
    }
}
