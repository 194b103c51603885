namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>One way to put a question, with slots such as <c>{list}</c>.</summary>
/// <param name="Request">
/// A request in the imperative ("sort {list}") or a question ("what is ..."), in lower case and without a mark at its end; after a
/// <c>!</c>, words that take no opening before them.
/// </param>
/// <param name="Intro">What the reply to it begins with.</param>
internal sealed record Phrasing(string Request, string Intro);
