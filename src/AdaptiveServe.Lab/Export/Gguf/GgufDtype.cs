namespace AdaptiveServe.Lab.Export.Gguf;

/// <summary>How a GGUF file stores the elements of a tensor.</summary>
/// <param name="Name">What llama.cpp's tools call it.</param>
/// <param name="Id">Its number in the description of a tensor.</param>
/// <param name="FileType">What <c>general.file_type</c> says where most matrices are of it.</param>
/// <param name="BlockElements">How many elements of a row are stored together; rows have no part of a block.</param>
/// <param name="BlockBytes">What they take.</param>
internal sealed record GgufDtype(string Name, uint Id, uint FileType, int BlockElements, int BlockBytes)
{
    public static GgufDtype F32 { get; } = new("f32", Id: 0, FileType: 0, BlockElements: 1, BlockBytes: 4);

    public static GgufDtype F16 { get; } = new("f16", Id: 1, FileType: 1, BlockElements: 1, BlockBytes: 2);

    /// <summary>A float16 scale and 32 signed bytes.</summary>
    public static GgufDtype Q8 { get; } = new("q8_0", Id: 8, FileType: 7, BlockElements: 32, BlockBytes: 34);

    public static IReadOnlyList<GgufDtype> All { get; } = [F16, F32, Q8];

    /// <summary>What whole rows of so many elements together take.</summary>
    public long Bytes(long elements) => elements / BlockElements * BlockBytes;

    public override string ToString() => Name;
}
