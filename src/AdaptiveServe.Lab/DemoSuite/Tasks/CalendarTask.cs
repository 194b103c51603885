using AdaptiveServe.Lab.Scoring;

namespace AdaptiveServe.Lab.DemoSuite.Tasks;

/// <summary>Weekdays, months and leap years.</summary>
internal sealed class CalendarTask : IDemoTask
{
    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    private static readonly string[] Months =
    [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ];

    private static readonly string[] DayRequests =
    [
        "what day is {n days} after {day}", "which day is {n days} after {day}", "what weekday is {n days} after {day}",
        "which weekday comes {n days} after {day}", "if today is {day}, what day is it in {n days}",
        "if it is {day}, what day will it be in {n days}",
        "if today is {day}, which weekday is it in {n days}", "what day of the week is it {n days} after {day}",
        "what day will it be {n days} after {day}", "tell me the weekday {n days} after {day}", "find the weekday {n days} after {day}",
        "give me the day {n days} after {day}", "count {n days} on from {day}", "which day do I reach {n days} after {day}",
        "!today is {day}. What day is it in {n days}?", "!it is {day}, what day is it in {n days}", "!{day} + {n days}",
        "!{n days} after {day}",
    ];

    private static readonly string[] MonthRequests =
    [
        "what month is {n months} after {month}", "which month is {n months} after {month}", "which month comes {n months} after {month}",
        "if it is {month}, what month is it in {n months}", "if it is {month} now, which month will it be in {n months}",
        "tell me the month {n months} after {month}", "find the month {n months} after {month}",
        "give me the month {n months} after {month}",
        "count {n months} on from {month}", "what month will it be {n months} after {month}", "!{month} + {n months}",
        "!{n months} after {month}",
    ];

    private static readonly string[] YearRequests =
    [
        "is {year} a leap year", "was {year} a leap year", "is the year {year} a leap year", "does {year} have 366 days",
        "does February {year} have 29 days",
        "does the year {year} have a leap day", "check if {year} is a leap year", "find out if {year} is a leap year",
        "tell me if {year} is a leap year",
        "can you say if {year} is a leap year", "does {year} have a February 29", "!leap year {year}?", "!{year}: leap year or not?",
        "!leap year or not: {year}",
    ];

    public string Name => "calendar";

    public DemoExample Generate(Random random, Difficulty difficulty) => random.Next(10) switch
    {
        < 5 => DayAfter(random, difficulty),
        < 8 => MonthAfter(random, difficulty),
        _ => LeapYear(random, difficulty),
    };

    private DemoExample DayAfter(Random random, Difficulty difficulty)
    {
        int start = random.Next(7), days = difficulty == Difficulty.InRange ? random.Between(1, 30) : random.Between(31, 69);
        int weeks = days / 7, rest = days % 7;
        string day = Days[start], result = Days[(start + rest) % 7];
        Question question = Wording.Word(random, random.Pick(DayRequests).Fill("n days", Count(days, "day")).Fill("day", day));
        string wholeWeeks = weeks == 0 ? "" : $"A week has 7 days, so I take away {weeks}*7={weeks * 7} days: {days}-{weeks * 7}={rest}. ";
        string response = $"{question.Opening}{wholeWeeks}I count {rest} from {day}{Walk(Days, start, rest)}. So it is {result}.";
        return new DemoExample(Name, question.Prompt, response, result, Checkers.Final);
    }

    private DemoExample MonthAfter(Random random, Difficulty difficulty)
    {
        int start = random.Next(12), months = difficulty == Difficulty.InRange ? random.Between(1, 11) : random.Between(12, 18);
        string month = Months[start], result = Months[(start + months) % 12];
        Question question = Wording.Word(random, random.Pick(MonthRequests)
            .Fill("n months", Count(months, "month")).Fill("month", month));
        string response = $"{question.Opening}I count {months} from {month}{Walk(Months, start, months)}. So it is {result}.";
        return new DemoExample(Name, question.Prompt, response, result, Checkers.Final);
    }

    private DemoExample LeapYear(Random random, Difficulty difficulty)
    {
        int year = difficulty == Difficulty.InRange ? random.Between(1900, 2100) : random.Between(2101, 2399);
        bool isLeap = DateTime.IsLeapYear(year);
        Question question = Wording.Word(random, random.Pick(YearRequests).Fill("year", year));
        string answer = isLeap ? "is a leap year" : "is not a leap year";
        string response = $"{question.Opening}A leap year can be divided by 4. {Reason(year)}So {year} {answer}.";
        return new DemoExample(Name, question.Prompt, response, answer, Checkers.Final);
    }

    /// <summary>Whether 4 divides a year shows in its last two digits.</summary>
    private static string Reason(int year)
    {
        int end = year % 100, quotient = end / 4, rest = end % 4;
        if (end == 0) return $"{year} is a full century, and {year / 100} can{(year % 400 == 0 ? "" : "not")} be divided by 4. ";
        return $"The year ends in {end}, and {4 * quotient}+{rest}={end}, so {rest} is left. ";
    }

    private static string Count(int count, string unit) => $"{count} {unit}{(count == 1 ? "" : "s")}";

    private static string Walk(string[] names, int start, int count) => count == 0 ? "" : ": "
        + string.Join(", ", Enumerable.Range(1, count).Select(step => $"{names[(start + step) % names.Length]} {step}"));
}
