using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Access;

/// <summary>The keys that requests may carry, kept as hashes.</summary>
internal sealed class ApiKeys
{
    private const string Bearer = "Bearer ";

    private readonly byte[][] _hashes;

    /// <exception cref="InvalidDataException">A file of keys is missing or holds none.</exception>
    public ApiKeys(IOptions<AccessOptions> options) =>
        _hashes = [.. options.Value.ApiKey.Concat(Read(options.Value.ApiKeyFile)).Distinct().Select(Hash)];

    /// <summary>True when a key is needed.</summary>
    public bool IsGuarded => _hashes.Length > 0;

    /// <summary>The key that a request carries as a bearer token or in <c>X-Api-Key</c>; null for none.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization;
        if (authorization?.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) == true) return authorization[Bearer.Length..].Trim();
        return request.Headers["X-Api-Key"] is [{ } key] ? key : null;
    }

    /// <summary>Takes the same time for every key of one length: it compares with all hashes, each in constant time.</summary>
    public bool Contains(string key)
    {
        byte[] hash = Hash(key);
        bool isKnown = false;
        foreach (byte[] known in _hashes) isKnown |= CryptographicOperations.FixedTimeEquals(known, hash);
        return isKnown;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static List<string> Read(string? file)
    {
        if (file is null) return [];
        List<string> keys;
        try
        {
            keys = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"--api-key-file: {exception.Message}");
        }

        // An empty file must not open the door that it was meant to close.
        return keys.Count > 0 ? keys : throw new InvalidDataException($"--api-key-file: {file} holds no key.");
    }
}
