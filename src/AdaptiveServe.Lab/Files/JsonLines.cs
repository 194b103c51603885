using System.Text;
using System.Text.Json;
using AdaptiveServe.Lab.CommandLine;

namespace AdaptiveServe.Lab.Files;

/// <summary>Files with a JSON object on each line, read and written one at a time.</summary>
internal static class JsonLines
{
    /// <summary>In characters.</summary>
    public const int MaxLineLength = 16 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>Opens the file at once and reads it while the result is enumerated, once.</summary>
    /// <exception cref="LabException">The file cannot be opened, or, while enumerating, a line is no JSON object in UTF-8.</exception>
    public static IEnumerable<JsonLine> Read(string path)
    {
        try
        {
            return Read(path, new StreamReader(path, StrictUtf8, detectEncodingFromByteOrderMarks: false));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"{path}: cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Writes an object for each line of another file.</summary>
    public static int Convert<T>(string from, string to, Func<JsonLine, T> convert, CancellationToken cancellation)
    {
        int count = 0;
        IEnumerable<JsonLine> lines = Read(from);
        using OutputFile file = OutputFile.Create(to);
        foreach (JsonLine line in lines)
        {
            cancellation.ThrowIfCancellationRequested();
            JsonSerializer.Serialize(file.Stream, convert(line), LabJson.Line);
            file.Stream.WriteByte((byte)'\n');
            count++;
        }

        file.Commit();
        return count;
    }

    private static IEnumerable<JsonLine> Read(string path, StreamReader reader)
    {
        using (reader)
        {
            for (int number = 1; ReadLine(path, number, reader) is { } line; number++) yield return JsonLine.Parse(path, number, line);
        }
    }

    /// <summary>As <see cref="StreamReader.ReadLine"/>, with a bound.</summary>
    private static string? ReadLine(string path, int number, StreamReader reader)
    {
        StringBuilder line = new();
        try
        {
            int character;
            while ((character = reader.Read()) is not ('\n' or -1))
            {
                if (line.Length == MaxLineLength) throw new LabException($"{path}:{number}: is longer than {MaxLineLength} characters");
                line.Append((char)character);
            }

            return character < 0 && line.Length == 0 ? null : line.ToString();
        }
        catch (DecoderFallbackException exception)
        {
            throw new LabException($"{path}:{number}: is not UTF-8", exception);
        }
    }
}
