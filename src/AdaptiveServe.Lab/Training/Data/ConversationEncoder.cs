using AdaptiveServe.Lab.DemoSuite;
using AdaptiveServe.Lab.Training.Tokenizer;
using AdaptiveServe.Text.Tokenizers;

namespace AdaptiveServe.Lab.Training.Data;

/// <summary>Chats as the server's template writes them (<see cref="DemoChatTemplate"/>), with the assistant's part marked.</summary>
internal sealed class ConversationEncoder(TextTokenizer tokenizer)
{
    public EncodedConversation Encode(Conversation conversation)
    {
        List<int> tokens = [];
        List<bool> targets = [];
        if (conversation.System is { } system) Add(DemoTokens.System + system + DemoTokens.End, isTarget: false);
        foreach (ConversationTurn turn in conversation.Turns)
        {
            Add(DemoTokens.User + turn.User.Trim() + DemoTokens.End + DemoTokens.Assistant, isTarget: false);
            Add(turn.Assistant.Trim() + DemoTokens.End, isTarget: true);
        }

        return new EncodedConversation([.. tokens], [.. targets]);

        // Special tokens cut texts, so the parts give the tokens of the whole.
        void Add(string text, bool isTarget)
        {
            int[] ids = tokenizer.Encode(text);
            tokens.AddRange(ids);
            targets.AddRange(Enumerable.Repeat(isTarget, ids.Length));
        }
    }
}
