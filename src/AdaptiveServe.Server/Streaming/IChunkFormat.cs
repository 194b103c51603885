using AdaptiveServe.Server.Generation;

namespace AdaptiveServe.Server.Streaming;

/// <summary>How an endpoint spells the parts of a streamed answer.</summary>
internal interface IChunkFormat
{
    /// <summary>Writes what a choice gained: text, and the tokens that it settles where these were asked for.</summary>
    void WriteText(EventWriter events, Choice choice, string text);

    /// <summary>Writes the part that ends a choice.</summary>
    void WriteFinish(EventWriter events, Choice choice);

    /// <summary>Writes the part that counts the tokens.</summary>
    void WriteUsage(EventWriter events);
}
