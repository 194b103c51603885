using System.Security.Cryptography;
using System.Text;

namespace AdaptiveServe.Lab.DemoSuite;

/// <summary>Divides the questions between training and evaluation by what they say, so that no list has to be kept.</summary>
internal static class Holdout
{
    /// <summary>One question of so many is kept from training.</summary>
    public const int Buckets = 16;

    public static bool Contains(DemoExample example) => Bucket(example.Task, example.Prompt) == 0;

    /// <summary>From 0 to 15, the same for ever and everywhere.</summary>
    public static int Bucket(string task, string prompt) => Hash($"{task}\n{prompt}")[0] % Buckets;

    /// <summary>A seed of its own for each purpose; positive, because generators take a negative one for its absolute value.</summary>
    public static int Seed(string purpose, int seed) => BitConverter.ToInt32(Hash($"{purpose}\n{seed}")) & int.MaxValue;

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
