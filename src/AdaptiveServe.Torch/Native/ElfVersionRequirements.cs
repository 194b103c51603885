using System.Buffers.Binary;
using System.Text;

namespace AdaptiveServe.Torch.Native;

/// <summary>Edits the symbol-version requirements (<c>.gnu.version_r</c>) of a 64-bit little-endian ELF image in memory.</summary>
internal static class ElfVersionRequirements
{
    private const int SegmentLoad = 1, SegmentDynamic = 2;
    private const long StringTable = 5, VersionNeeded = 0x6ffffffe, VersionNeededCount = 0x6fffffff;
    private const ushort WeakFlag = 0x2; // VER_FLG_WEAK: the loader does not insist on it

    /// <summary>Marks every requirement of <paramref name="version"/> as weak.</summary>
    /// <returns>How many requirements were marked.</returns>
    /// <exception cref="BadImageFormatException">The image is not such an ELF file.</exception>
    public static int MarkWeak(Span<byte> image, string version)
    {
        if (image.Length < 64 || !image.StartsWith("\u007fELF"u8) || image[4] != 2 || image[5] != 1)
            throw new BadImageFormatException("Not a 64-bit little-endian ELF file.");

        long strings = 0, needed = 0, count = 0;
        (long dynamic, long size) = FindDynamic(image);
        for (long at = dynamic; at < dynamic + size; at += 16)
        {
            long tag = ReadLong(image, at), value = ReadLong(image, at + 8);
            if (tag == StringTable) strings = ToFileOffset(image, value);
            else if (tag == VersionNeeded) needed = ToFileOffset(image, value);
            else if (tag == VersionNeededCount) count = value;
        }

        int marked = 0;
        byte[] wanted = Encoding.ASCII.GetBytes(version + '\0');
        for (long file = needed; count > 0; count--)
        {
            long auxiliary = file + ReadInt(image, file + 8);
            for (int i = ReadShort(image, file + 2); i > 0; i--)
            {
                if (image[(int)(strings + ReadInt(image, auxiliary + 8))..].StartsWith(wanted))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(image[(int)(auxiliary + 4)..], (ushort)(ReadShort(image, auxiliary + 4) | WeakFlag));
                    marked++;
                }

                auxiliary += ReadInt(image, auxiliary + 12);
            }

            file += ReadInt(image, file + 12);
        }

        return marked;
    }

    private static (long Offset, long Size) FindDynamic(ReadOnlySpan<byte> image)
    {
        foreach (long header in ProgramHeaders(image))
            if (ReadInt(image, header) == SegmentDynamic)
                return (ReadLong(image, header + 8), ReadLong(image, header + 32));
        throw new BadImageFormatException("The ELF file has no dynamic segment.");
    }

    private static long ToFileOffset(ReadOnlySpan<byte> image, long address)
    {
        foreach (long header in ProgramHeaders(image))
        {
            long start = ReadLong(image, header + 16);
            if (ReadInt(image, header) == SegmentLoad && address >= start && address < start + ReadLong(image, header + 32))
                return address - start + ReadLong(image, header + 8);
        }

        throw new BadImageFormatException("An address of the ELF file lies in no segment.");
    }

    private static long[] ProgramHeaders(ReadOnlySpan<byte> image)
    {
        long table = ReadLong(image, 32), size = ReadShort(image, 54);
        var headers = new long[ReadShort(image, 56)];
        for (int i = 0; i < headers.Length; i++) headers[i] = table + i * size;
        return headers;
    }

    private static ushort ReadShort(ReadOnlySpan<byte> image, long at) => BinaryPrimitives.ReadUInt16LittleEndian(image[(int)at..]);

    private static uint ReadInt(ReadOnlySpan<byte> image, long at) => BinaryPrimitives.ReadUInt32LittleEndian(image[(int)at..]);

    private static long ReadLong(ReadOnlySpan<byte> image, long at) => BinaryPrimitives.ReadInt64LittleEndian(image[(int)at..]);
}
