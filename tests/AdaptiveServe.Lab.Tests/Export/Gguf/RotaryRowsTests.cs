using AdaptiveServe.Lab.Export.Gguf;

namespace AdaptiveServe.Lab.Tests.Export.Gguf;

public class RotaryRowsTests
{
    private const int HeadDim = 8;
    private const double Theta = 100;

    [Fact]
    public void Read_QueryAndKey_RotatedAsNeighboursGiveTheScoresOfHalves()
    {
        Random random = new(1);
        double[] query = Vector(random), key = Vector(random);
        for (int position = 0; position < 20; position++)
        {
            double expected = Dot(RotateHalves(query, position), RotateHalves(key, 3));
            double actual = Dot(RotateNeighbours(Reordered(query), position), RotateNeighbours(Reordered(key), 3));
            Assert.Equal(expected, actual, 1e-12);
        }
    }

    [Fact]
    public void Read_FromTheMiddle_GivesTheSameRows()
    {
        ITensorRows source = new Counting(3 * HeadDim, 2);
        RotaryRows rows = new(source, HeadDim);
        float[] whole = new float[3 * HeadDim * 2], part = new float[2 * 5];
        rows.Read(0, whole);
        rows.Read(7, part);
        Assert.Equal(whole[14..24], part);
        Assert.Equal(whole.Order(), Enumerable.Range(0, whole.Length).Select(i => (float)i)); // each row once
    }

    /// <summary>What the rows of a projection give, in the order of the export.</summary>
    private static double[] Reordered(double[] vector)
    {
        float[] places = new float[HeadDim];
        new RotaryRows(new Counting(HeadDim, 1), HeadDim).Read(0, places);
        return [.. places.Select(place => vector[(int)place])];
    }

    private static double[] RotateHalves(double[] vector, int position) => Rotate(vector, position, i => (i, i + HeadDim / 2));

    private static double[] RotateNeighbours(double[] vector, int position) => Rotate(vector, position, i => (2 * i, 2 * i + 1));

    private static double[] Rotate(double[] vector, int position, Func<int, (int, int)> pair)
    {
        double[] rotated = new double[HeadDim];
        for (int i = 0; i < HeadDim / 2; i++)
        {
            (int first, int second) = pair(i);
            (double sin, double cos) = Math.SinCos(position * Math.Pow(Theta, -2.0 * i / HeadDim));
            rotated[first] = vector[first] * cos - vector[second] * sin;
            rotated[second] = vector[first] * sin + vector[second] * cos;
        }

        return rotated;
    }

    private static double[] Vector(Random random) => [.. Enumerable.Range(0, HeadDim).Select(_ => random.NextDouble() - 0.5)];

    private static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();

    /// <summary>Elements that count up.</summary>
    private sealed class Counting(long count, int length) : ITensorRows
    {
        public long Count => count;

        public int Length => length;

        public void Read(long first, Span<float> destination)
        {
            for (int i = 0; i < destination.Length; i++) destination[i] = first * length + i;
        }
    }
}
