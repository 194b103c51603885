namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <param name="Large">The larger unit, one of it.</param>
/// <param name="Larges">More of it.</param>
/// <param name="Smalls">The smaller unit, more of it.</param>
/// <param name="Factor">How many of the smaller are one of the larger.</param>
/// <param name="MaxLarge">How many of the larger a question has at most, in range.</param>
internal sealed record Measure(string Large, string Larges, string Smalls, int Factor, int MaxLarge)
{
    public static IReadOnlyList<Measure> All { get; } =
    [
        new("hour", "hours", "minutes", 60, 9), new("minute", "minutes", "seconds", 60, 9), new("day", "days", "hours", 24, 7),
        new("week", "weeks", "days", 7, 12), new("meter", "meters", "centimeters", 100, 20),
        new("kilometer", "kilometers", "meters", 1000, 20),
        new("kilogram", "kilograms", "grams", 1000, 20), new("year", "years", "months", 12, 9), new("dozen", "dozen", "eggs", 12, 9),
        new("m", "m", "cm", 100, 20), new("km", "km", "m", 1000, 20), new("kg", "kg", "g", 1000, 20),
        new("foot", "feet", "inches", 12, 9), new("euro", "euros", "cents", 100, 20), new("liter", "liters", "milliliters", 1000, 20),
    ];

    /// <summary>Such as "1 hour" and "3 hours".</summary>
    public string Amount(int count) => $"{count} {(count == 1 ? Large : Larges)}";

    /// <summary>Such as "1 hour is 60 minutes. ".</summary>
    public string Rule => $"1 {Large} is {Factor} {Smalls}. ";
}
