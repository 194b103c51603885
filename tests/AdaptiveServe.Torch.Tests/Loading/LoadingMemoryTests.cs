using System.Globalization;
using System.Text;
using AdaptiveServe.Tests;
using AdaptiveServe.Torch.Loading;
using TorchSharp;
using static TorchSharp.torch;

namespace AdaptiveServe.Torch.Tests.Loading;

/// <summary>Loading must need little more memory than the weights as held. Runs alone: it reads the memory of the whole process.</summary>
[Collection(nameof(ProcessMemoryCollection))]
public sealed class LoadingMemoryTests : IDisposable
{
    // Tensors above the size from which malloc maps memory and gives it back when freed (32 MiB): nothing is left over from a run before.
    private const int Tensors = 8;
    private const int Rows = 2048;
    private const int Columns = 5120;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("F32", 4)]
    [InlineData("BF16", 2)]
    public void Read_AllWeightsAsFloat32_PeaksBelowOnePointThreeTimesTheirSize(string dtype, int elementBytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the peak of memory is read from /proc");
        long[] shape = [Rows, Columns];
        WriteWeights(dtype, shape, (long)Rows * Columns * elementBytes);
        using DisposeScope scope = NewDisposeScope();
        using Checkpoint checkpoint = Checkpoint.Open(_folder.Path);
        using WeightReader reader = new(checkpoint);
        reader.Read("t0", shape, ScalarType.Float32, CPU).Dispose(); // what is set up once, such as threads, is not counted

        long before = ResetPeak();
        Tensor[] weights = [.. Enumerable.Range(0, Tensors).Select(i => reader.Read($"t{i}", shape, ScalarType.Float32, CPU))];
        double ratio = (double)(PeakBytes() - before) / ((long)Tensors * Rows * Columns * sizeof(float));

        reader.EnsureAllRead(embeddingsAreTied: false);
        TestContext.Current.SendDiagnosticMessage("peak of loading {0} as float32: {1:F3} x the weights", dtype, ratio);
        Assert.All(weights, weight => Assert.Equal(1.5f, weight[Rows - 1, 0].item<float>()));
        Assert.InRange(ratio, 0.75, 1.3); // less than all of it where memory of other tests goes back meanwhile
    }

    private void WriteWeights(string dtype, long[] shape, long tensorBytes)
    {
        StringBuilder header = new("{");
        for (int i = 0; i < Tensors; i++)
        {
            if (i > 0) header.Append(',');
            header.Append(SafetensorsWriter.Entry($"t{i}", dtype, shape, i * tensorBytes, (i + 1) * tensorBytes));
        }

        byte[] element = dtype == "F32" ? [0x00, 0x00, 0xC0, 0x3F] : [0xC0, 0x3F]; // 1.5
        byte[] data = new byte[1 << 20];
        for (int i = 0; i < data.Length; i++) data[i] = element[i % element.Length];
        string path = _folder.File("model.safetensors");
        SafetensorsWriter.WriteRaw(path, header.Append('}').ToString(), []);
        using FileStream file = new(path, FileMode.Append);
        for (long written = 0; written < Tensors * tensorBytes; written += data.Length) file.Write(data);
    }

    /// <summary>Gives freed memory back, sets the peak to what the process has now, and returns that in bytes.</summary>
    private static long ResetPeak()
    {
        GC.Collect();
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"the peak of memory cannot be reset here: {e.Message}");
        }
        return PeakBytes();
    }

    private static long PeakBytes()
    {
        string line = File.ReadLines("/proc/self/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
    }
}
