using AdaptiveServe.Server.Admission;
using Microsoft.Extensions.Time.Testing;

namespace AdaptiveServe.Server.Tests.Admission;

public class ServiceRateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Until_NothingEndedYet_IsOneSecond() => Assert.Equal(TimeSpan.FromSeconds(1), new ServiceRate(_time).Until(1000));

    [Theory, InlineData(1, 1), InlineData(10, 5), InlineData(50, 25), InlineData(1000, 60)]
    public void Until_SteadyRate_IsTheTimeOfThatMany(int requests, double seconds)
    {
        var rate = new ServiceRate(_time);
        for (int i = 0; i < 1000; i++) End(rate, TimeSpan.FromSeconds(0.5));
        Assert.Equal(seconds, rate.Until(requests).TotalSeconds, 0.05 * seconds);
    }

    [Fact]
    public void Until_RateChanges_FollowsTheNewOne()
    {
        var rate = new ServiceRate(_time);
        for (int i = 0; i < 1000; i++) End(rate, TimeSpan.FromSeconds(0.1));
        for (int i = 0; i < 100; i++) End(rate, TimeSpan.FromSeconds(2));
        Assert.Equal(20, rate.Until(10).TotalSeconds, 2.0);
    }

    [Fact]
    public void Until_JustStarted_KnowsNoMoreThanItSaw()
    {
        var rate = new ServiceRate(_time);
        for (int i = 0; i < 10; i++) End(rate, TimeSpan.FromSeconds(0.5));
        Assert.Equal(5, rate.Until(10).TotalSeconds, 1.0);
    }

    private void End(ServiceRate rate, TimeSpan after)
    {
        _time.Advance(after);
        rate.Count();
    }
}
