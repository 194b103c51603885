using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using AdaptiveServe.Engine;
using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Torch;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Tests.Configuration;

public class SettingsTests
{
    public static IEnumerable<TheoryDataRow<string>> Names => Where(_ => true);

    public static IEnumerable<TheoryDataRow<string>> RangeNames => Where(setting => setting.Property.IsDefined(typeof(RangeAttribute)));

    public static IEnumerable<TheoryDataRow<string>> PatternNames =>
        Where(setting => setting.Property.IsDefined(typeof(RegularExpressionAttribute)));

    /// <summary>Those that do not take any text.</summary>
    public static IEnumerable<TheoryDataRow<string>> TypedNames =>
        Where(setting => !setting.IsList && setting.Property.PropertyType != typeof(string));

    [Fact]
    public void All_Options_HaveASettingEach()
    {
        Type[] types = [typeof(TorchRunnerOptions), typeof(EngineOptions), typeof(ServerOptions)];
        IEnumerable<PropertyInfo> properties =
            types.Union(Settings.All.Select(setting => setting.Options)).SelectMany(type => type.GetProperties());
        Assert.Equal(properties.Select(Name).Order(), Settings.All.Select(setting => Name(setting.Property)).Order());

        static string Name(PropertyInfo property) => $"{property.DeclaringType!.Name}.{property.Name}";
    }

    [Fact]
    public void All_Names_DifferEvenAsVariables()
    {
        Assert.Distinct(Settings.All.Select(setting => setting.Variable));
        Assert.Distinct(Settings.All.Select(setting => setting.Key.ToUpperInvariant()));
        Assert.All(Settings.All, setting => Assert.Matches("^[a-z]+(-[a-z]+)*$", setting.Name));
    }

    [Theory, MemberData(nameof(Names))]
    public void Description_Each_IsASentence(string name) => Assert.Matches(@"^[A-Za-z].*\.$", Setting(name).Description);

    [Fact]
    public void Validate_DefaultsAndAModel_AreGood() => Validate();

    [Theory, MemberData(nameof(RangeNames))]
    public void Validate_OutOfRange_NamesTheFlag(string name)
    {
        RangeAttribute range = Setting(name).Property.GetCustomAttribute<RangeAttribute>()!;
        foreach (object beyond in (object[])[Convert.ToInt64(range.Minimum, null) - 1, Convert.ToInt64(range.Maximum, null) + 1])
        {
            string failure = Failure((name, Convert.ToString(beyond, CultureInfo.InvariantCulture)!));
            Assert.StartsWith($"--{name}: ", failure, StringComparison.Ordinal);
            Assert.Contains(Convert.ToString(range.Maximum, CultureInfo.InvariantCulture)!, failure, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(PatternNames))]
    public void Validate_WrongWord_NamesTheFlag(string name) =>
        Assert.StartsWith($"--{name}: ", Failure((name, "no:such word")), StringComparison.Ordinal);

    [Theory]
    [InlineData("kv-memory", "much")]
    [InlineData("kv-memory", "0")]
    [InlineData("kv-memory", "120%")]
    [InlineData("small-dtype", "float16")] // without a small model
    public void Validate_UnusableValue_NamesTheFlag(string name, string value) =>
        Assert.StartsWith($"--{name}: ", Failure((name, value)), StringComparison.Ordinal);

    [Fact]
    public void Validate_FewerTokensThanSequences_NamesTheFlag() =>
        Assert.StartsWith("--max-batch-tokens: ", Failure(("max-batch-tokens", "9"), ("max-sequences", "10")), StringComparison.Ordinal);

    [Theory, MemberData(nameof(TypedNames))]
    public void Bind_ValueOfAnotherType_NamesTheKey(string name)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Validate((name, "no such value")));
        Assert.Contains(Setting(name).Key, refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void ToFlag_MessageOfNoSetting_IsLeft() => Assert.Equal("Something: else", Settings.ToFlag("Something: else"));

    private static IEnumerable<TheoryDataRow<string>> Where(Func<Setting, bool> condition) =>
        Settings.All.Where(condition).Select(setting => new TheoryDataRow<string>(setting.Name));

    private static Setting Setting(string name) => Settings.All.Single(setting => setting.Name == name);

    private static string Failure(params (string Name, string Value)[] settings) =>
        Settings.ToFlag(Assert.Throws<OptionsValidationException>(() => Validate(settings)).Failures.First());

    private static void Validate(params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string> { ["model"] = "somewhere" };
        foreach ((string name, string value) in settings) values[name] = value;
        using WebApplication app = AdaptiveServeHost.Create([.. values.SelectMany(given => Setting(given.Key).Entries([given.Value]))]);
        app.Services.GetRequiredService<IStartupValidator>().Validate();
    }
}
