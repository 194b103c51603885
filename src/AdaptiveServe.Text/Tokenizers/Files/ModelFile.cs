namespace AdaptiveServe.Text.Tokenizers.Files;

internal static class ModelFile
{
    /// <exception cref="TokenizerLoadException">The file cannot be read or is larger than <paramref name="maxBytes"/>.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > maxBytes) throw new TokenizerLoadException(path, $"the file has {length} bytes; {maxBytes} are accepted");
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerLoadException(path, $"the file cannot be read: {exception.Message}", exception);
        }
    }
}
