namespace AdaptiveServe.Torch.Compute.Cpu;

/// <summary>Some query vectors of one sequence of the batch, of whichever key-value head.</summary>
/// <param name="FirstRow">The batch's row of the sequence's first token in it.</param>
/// <param name="Start">That token's position.</param>
/// <param name="FirstVector">The first vector, counted from that token's first on.</param>
/// <param name="Count">How many vectors.</param>
/// <param name="FirstBlock">Where the sequence's blocks begin among those of the batch.</param>
internal readonly record struct AttentionTile(int FirstRow, int Start, int FirstVector, int Count, int FirstBlock);
