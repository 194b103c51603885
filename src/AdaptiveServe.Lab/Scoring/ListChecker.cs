namespace AdaptiveServe.Lab.Scoring;

/// <summary>
/// The list after the last colon of the reply, up to a full stop or the end of the line, has the items of the answer in their order;
/// without a colon, the whole reply is the list. Commas, spaces, or both stand between items.
/// </summary>
internal sealed class ListChecker() : Checker("list")
{
    private static readonly char[] Separators = [' ', ',', '\t', '\r'];

    public override bool Passes(string reply, string answer)
    {
        string list = reply[(reply.LastIndexOf(':') + 1)..].TrimStart();
        int end = list.AsSpan().IndexOfAny('.', '\n');
        return Items(end < 0 ? list : list[..end]).SequenceEqual(Items(answer));
    }

    private static string[] Items(string list) => list.Split(Separators, StringSplitOptions.RemoveEmptyEntries);
}
