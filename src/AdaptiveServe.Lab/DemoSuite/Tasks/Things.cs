namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>What stories count.</summary>
internal static class Things
{
    /// <summary>More than one of each.</summary>
    public static IReadOnlyList<string> Plural { get; } =
    [.. ("apples pears oranges lemons cherries bananas eggs cookies cakes pens pencils books stamps coins marbles balls cards stickers " +
    "shells " +
        "stones flowers roses buttons candles cups plates toys dolls cars kites tickets photos letters keys ribbons beads hats " +
        "socks").Split(' ')];

    /// <summary>One, more than one.</summary>
    public static IReadOnlyList<(string One, string More)> Containers { get; } =
    [
        ("box", "boxes"), ("bag", "bags"), ("basket", "baskets"), ("shelf", "shelves"), ("drawer", "drawers"), ("jar", "jars"),
        ("bucket", "buckets"), ("row", "rows"), ("pack", "packs"), ("tray", "trays"),
    ];

    /// <summary>What a shop sells: one, more than one.</summary>
    public static IReadOnlyList<(string One, string More)> Goods { get; } =
    [
        ("pen", "pens"), ("book", "books"), ("cake", "cakes"), ("ball", "balls"), ("hat", "hats"), ("cup", "cups"), ("lamp", "lamps"),
        ("shirt", "shirts"), ("toy", "toys"), ("plate", "plates"), ("ticket", "tickets"), ("chair", "chairs"), ("kite", "kites"),
    ];
}
