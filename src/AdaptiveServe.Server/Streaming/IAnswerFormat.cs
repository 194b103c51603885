using AdaptiveServe.Server.Generation;

namespace AdaptiveServe.Server.Streaming;

/// <summary>How an endpoint spells an answer, whole or in parts.</summary>
internal interface IAnswerFormat
{
    /// <summary>Reads all choices to their ends and writes the whole answer.</summary>
    Task SendWholeAsync(HttpResponse response, CancellationToken cancellation);

    /// <summary>Writes what a choice gained: text, and the tokens that it settles where these were asked for.</summary>
    void WriteText(EventWriter events, Choice choice, string text);

    /// <summary>Writes the part that ends a choice.</summary>
    /// <param name="events">Where to.</param>
    /// <param name="choice">The choice.</param>
    /// <param name="isLast">True when no other part follows: it also says what the whole answer cost.</param>
    void WriteFinish(EventWriter events, Choice choice, bool isLast);

    /// <summary>Writes the part that counts the tokens, the last one.</summary>
    void WriteUsage(EventWriter events);
}
