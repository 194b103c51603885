using AdaptiveServe.Lab.Training.Data;

namespace AdaptiveServe.Lab.Tests.Training.Data;

public class BatchPackerTests
{
    private const int RowLength = 32, Pad = 1;

    [Fact]
    public void Next_Chats_KeepsEachWholeInOneRow()
    {
        BatchPacker packer = new(Chats(seed: 1).GetEnumerator(), RowLength, Pad);
        for (int batch = 0; batch < 50; batch++)
        {
            PackedBatch packed = packer.Next(4);
            Assert.Equal(4 * RowLength, packed.Tokens.Length);
            Assert.All([0, 1, 2, 3], row => Assert.Equal(0, packed.Positions[row * RowLength]));
            for (int i = 1; i < packed.Tokens.Length; i++)
            {
                if (packed.Positions[i] != 0) Assert.Equal(packed.Positions[i - 1] + 1, packed.Positions[i]);
                // A chat of these is a run of one token.
                if (packed.Positions[i] != 0) Assert.Equal(packed.Tokens[i - 1], packed.Tokens[i]);
            }
        }
    }

    [Fact]
    public void Next_Targets_AreTheMarkedTokensAndNoPadding()
    {
        BatchPacker packer = new(Chats(seed: 2).GetEnumerator(), RowLength, Pad);
        PackedBatch packed = packer.Next(8);
        Assert.NotEmpty(packed.Rows);
        Assert.Equal(packed.Rows.Length, packed.Targets.Length);
        for (int i = 0; i < packed.Rows.Length; i++)
        {
            int place = packed.Rows[i] + 1;
            Assert.Equal(packed.Tokens[place], packed.Targets[i]);
            Assert.NotEqual(Pad, packed.Targets[i]);
            Assert.True(packed.Positions[place] >= 3); // the first three tokens of these chats are the question
        }

        int marked = Enumerable.Range(0, packed.Tokens.Length).Count(i => packed.Tokens[i] != Pad && packed.Positions[i] >= 3);
        Assert.Equal(marked, packed.Rows.Length);
    }

    [Fact]
    public void Next_ChatLongerThanRow_IsLeftOut()
    {
        EncodedConversation tooLong = Chat(RowLength + 1, 9), fits = Chat(RowLength, 8);
        BatchPacker packer = new(Repeat(tooLong, fits).GetEnumerator(), RowLength, Pad);
        Assert.All(packer.Next(3).Tokens, token => Assert.Equal(8, token));
    }

    [Fact]
    public void Next_MixedLengths_WastesLittle()
    {
        BatchPacker packer = new(Chats(seed: 3).GetEnumerator(), RowLength, Pad);
        PackedBatch packed = packer.Next(100);
        Assert.InRange(packed.Tokens.Count(token => token == Pad), 0, packed.Tokens.Length / 20);
    }

    private static IEnumerable<EncodedConversation> Chats(int seed)
    {
        Random random = new(seed);
        for (int token = 2; ; token++) yield return Chat(random.Next(4, 20), token);
    }

    private static IEnumerable<EncodedConversation> Repeat(params EncodedConversation[] chats)
    {
        while (true)
            foreach (EncodedConversation chat in chats) yield return chat;
    }

    private static EncodedConversation Chat(int length, int token) =>
        new([.. Enumerable.Repeat(token, length)], [.. Enumerable.Range(0, length).Select(i => i >= 3)]);
}
