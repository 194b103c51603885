using AdaptiveServe.Torch.Running;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>How many integers of each kind a forward reads.</summary>
/// <param name="Tokens">Tokens.</param>
/// <param name="Rows">Sequences.</param>
/// <param name="Samples">Rows after which to sample.</param>
/// <param name="Copies">Slots that are copied to others.</param>
/// <param name="Gathered">Keys that are gathered before attention: those of all sequences, or none.</param>
/// <param name="MaxQueries">No sequence has more tokens in the batch.</param>
/// <param name="MaxKeys">No sequence is longer.</param>
internal readonly record struct StepShape(int Tokens, int Rows, int Samples, int Copies, int Gathered, int MaxQueries, int MaxKeys)
{
    /// <summary>All of them.</summary>
    public int Count => 3 * Tokens + Samples + 2 * Copies + Gathered + OfRows;

    /// <summary>Those of the sequences: two numbers each and one more of both kinds, and their lengths.</summary>
    public int OfRows => 3 * Rows + 2;

    /// <param name="batch">The batch.</param>
    /// <param name="gathers">Whether keys are gathered where some sequence's blocks are not one run.</param>
    public static StepShape Of(RaggedBatch batch, bool gathers)
    {
        int maxQueries = 0, maxKeys = 0, keys = 0;
        bool isScattered = false;
        foreach (ref readonly RaggedRow row in batch.Rows)
        {
            int length = row.Start + row.Count;
            (maxQueries, maxKeys, keys) = (Math.Max(maxQueries, row.Count), Math.Max(maxKeys, length), keys + length);
            isScattered |= !row.Blocks.IsOneRun;
        }

        int gathered = gathers && isScattered ? keys : 0;
        return new StepShape(
            batch.TokenCount, batch.Rows.Length, batch.SampleRows.Length, batch.CopiedFrom.Length, gathered, maxQueries, maxKeys);
    }

    /// <summary>More tokens, each a sequence that is sampled.</summary>
    public StepShape Padded(int tokens, int maxKeys) => this with
    {
        Tokens = tokens,
        Rows = Rows + tokens - Tokens,
        Samples = Samples + tokens - Tokens,
        MaxKeys = maxKeys,
    };
}
