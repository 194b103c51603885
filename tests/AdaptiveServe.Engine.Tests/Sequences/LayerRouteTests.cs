using AdaptiveServe.Engine.Sequences;

namespace AdaptiveServe.Engine.Tests.Sequences;

public class LayerRouteTests
{
    [Fact]
    public void Constructor_SkipsAndRepeats_AreCounted()
    {
        var route = new LayerRoute([0, 2, 2, 3, 3], modelLayers: 5, maxRepeats: 2);
        Assert.Equal((3, 2, 2, false), (route.Executed, route.Skipped, route.Repeated, route.IsPlain));
        Assert.Equal([true, false, true, true, false], Enumerable.Range(0, 5).Select(route.Runs));
        Assert.Equal([-1, -1, 0, 1, -1], Enumerable.Range(0, 5).Select(route.ExtraSlot));
        Assert.Equal("0 2 2 3 3", route.ToString());
    }

    [Theory]
    [InlineData(new int[0], "at least one layer")]
    [InlineData(new[] { 0, 5 }, "no layer 5")]
    [InlineData(new[] { -1, 0 }, "no layer -1")]
    [InlineData(new[] { 1, 0 }, "ascending order")]
    [InlineData(new[] { 2, 2, 2 }, "more than twice")]
    [InlineData(new[] { 0, 0, 1, 1, 2, 2 }, "3 layers run twice")]
    public void Constructor_NoRoute_SaysWhy(int[] layers, string reason)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new LayerRoute(layers, modelLayers: 5, maxRepeats: 2));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equals_SameLayers_AndNothingElse()
    {
        var route = new LayerRoute([0, 1, 1], modelLayers: 3, maxRepeats: 1);
        Assert.Equal(new LayerRoute([0, 1, 1], modelLayers: 3, maxRepeats: 4), route);
        Assert.Equal(new LayerRoute([0, 1, 1], modelLayers: 3, maxRepeats: 4).GetHashCode(), route.GetHashCode());
        Assert.NotEqual(new LayerRoute([0, 1], modelLayers: 3, maxRepeats: 1), route);
        Assert.NotEqual(new LayerRoute([0, 1, 1], modelLayers: 4, maxRepeats: 1), route);
    }

    [Fact]
    public void IsPlain_EachLayerOnce()
    {
        Assert.True(LayerRoute.Plain(4).IsPlain);
        Assert.False(new LayerRoute([0, 1, 2, 3, 3], 4, 1).IsPlain);
        Assert.False(new LayerRoute([0, 1, 2], 4, 1).IsPlain);
    }

    [Fact]
    public void Without_SomeLayers_LeavesAtLeastOne()
    {
        var route = new LayerRoute([1, 1, 2, 3], modelLayers: 5, maxRepeats: 1);
        Assert.Equal([1, 3], route.Without(layer => layer == 2).Layers);
        Assert.Equal([1], route.Without(_ => true).Layers);
    }
}
