using TorchSharp;

namespace AdaptiveServe.Torch.Compute.LibTorch;

/// <summary>A row buffer that is whatever tensor was put into it last: libtorch's operations return new tensors.</summary>
internal sealed class TensorRows(int columns) : RowBuffer(columns)
{
    private torch.Tensor? _value;

    /// <summary>[rows, columns]; setting it frees the tensor before.</summary>
    public torch.Tensor Value
    {
        get => _value ?? throw new InvalidOperationException("The buffer holds no rows.");
        set
        {
            _value?.Dispose();
            _value = value;
        }
    }

    public void Clear()
    {
        _value?.Dispose();
        _value = null;
    }

    public override void Dispose() => Clear();
}
