using TorchSharp;

namespace AdaptiveServe.Lab.Training.Optimization;

/// <summary>A weight that <see cref="Muon"/> updates.</summary>
/// <param name="Weight">[rows, columns].</param>
/// <param name="Parts">How many rows each of the projections has that are held as one matrix; each is orthogonalised by itself.</param>
internal sealed record TrainedMatrix(torch.Tensor Weight, IReadOnlyList<long> Parts);
