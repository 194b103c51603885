namespace AdaptiveServe.Torch.Compute;

/// <summary>Rows of activations, in whatever form a backend keeps them.</summary>
internal abstract class RowBuffer(int columns) : IDisposable
{
    public int Columns { get; } = columns;

    public abstract void Dispose();
}
