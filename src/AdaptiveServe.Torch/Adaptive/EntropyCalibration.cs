using System.Text.Json;
using AdaptiveServe.Torch.Loading;

namespace AdaptiveServe.Torch.Adaptive;

/// <summary>What settings of the target <c>entropy</c> bring with one pair, as the Lab measured it: a curve of quality against cost.</summary>
public sealed record EntropyCalibration
{
    /// <summary>Where it lies in the folder of the large model.</summary>
    public const string FileName = "adaptive/calibration.json";

    private const long MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        WriteIndented = true,
    };

    /// <value>Of the pair (<see cref="ModelFingerprint"/>).</value>
    public required string Fingerprint { get; init; }

    /// <value><c>demo</c>, or the name of a file.</value>
    public required string Suite { get; init; }

    /// <value>Draws the examples of the demo suite.</value>
    public required int Seed { get; init; }

    /// <value>How many answers each point was measured on.</value>
    public required int Examples { get; init; }

    /// <value>What holds where a request asks for the target and sets nothing: the cheapest point of at least this quality.</value>
    public required double DefaultQuality { get; init; }

    /// <value>The cheapest first; the last is the large model alone.</value>
    public required IReadOnlyList<CalibrationPoint> Points { get; init; }

    /// <summary>Reads what lies beside a large model.</summary>
    /// <param name="large">Folder of the large model.</param>
    /// <param name="small">Folder of the small model.</param>
    /// <returns>Null when nothing lies there.</returns>
    /// <exception cref="ModelLoadException">The file is not a calibration, or one of another pair.</exception>
    public static EntropyCalibration? Find(string large, string small)
    {
        string path = Path.Combine(large, FileName);
        if (!File.Exists(path)) return null;
        EntropyCalibration calibration = Read(path);
        string fingerprint = ModelFingerprint.Of(large, small);
        return calibration.Fingerprint == fingerprint
            ? calibration
            : throw new ModelLoadException(path, $"was measured with another pair (fingerprint {calibration.Fingerprint}) than {large} with {small} "
                + $"({fingerprint}); measure it anew with 'adaptiveserve-lab calibrate entropy', or remove the file");
    }

    /// <exception cref="ModelLoadException">The file is not a calibration.</exception>
    public static EntropyCalibration Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MaxBytes) throw new ModelLoadException(path, $"is larger than {MaxBytes >> 20} MiB");
            EntropyCalibration calibration = JsonSerializer.Deserialize<EntropyCalibration>(file, Json)
                ?? throw new ModelLoadException(path, "is no calibration: it is null");
            calibration.Validate();
            return calibration;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new ModelLoadException(path, $"is no calibration: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException(path, $"cannot be read: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, Json);

    /// <summary>The cheapest point that keeps a share of the large model's quality.</summary>
    /// <param name="quality">In (0, 1].</param>
    public CalibrationPoint Pick(double quality) => Points.First(point => point.Quality >= quality);

    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    private void Validate()
    {
        if (!(DefaultQuality > 0 && DefaultQuality <= 1)) throw new ArgumentException("The default quality is above 0, up to 1.");
        if (Points.Count == 0 || Points[^1] is null || !(Points[^1].Quality >= 1))
            throw new ArgumentException("The last point is the large model, of quality 1.");
        double cost = 0;
        foreach (CalibrationPoint point in Points)
        {
            if (point is null) throw new ArgumentException("A point is null.");
            point.ToOptions().Validate();
            if (!(point.Quality >= 0 && point.GeneratedByLarge <= 1)) throw new ArgumentException("A quality or a share is out of its range.");
            if (!(point.GeneratedByLarge >= cost)) throw new ArgumentException("The points are not in the order of their cost.");
            cost = point.GeneratedByLarge;
        }
    }
}
