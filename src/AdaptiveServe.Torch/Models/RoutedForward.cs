using AdaptiveServe.Torch.Compute;
using AdaptiveServe.Torch.Routing;
using AdaptiveServe.Torch.Running;

namespace AdaptiveServe.Torch.Models;

/// <summary>Runs a batch whose sequences take different routes: each layer over the rows that want it, and nothing where none does.</summary>
/// <remarks>
/// Where all rows want a layer it runs on the batch as it stands, so sequences of one route cost what they cost without routes. Where
/// only some do, their rows are gathered, and stay together until a layer wants others.
/// </remarks>
internal sealed class RoutedForward(IComputeBackend compute, int hiddenSize) : IDisposable
{
    private readonly RowBuffer _gathered = compute.CreateBuffer(hiddenSize);
    private RaggedBatch _some = new(blockSize: 1);
    private bool[] _wanted = [], _selected = [];
    private bool _hasSome;

    public void Run(Decoder decoder, RaggedBatch batch, IHiddenReader? reader)
    {
        if (_wanted.Length < batch.Rows.Length) (_wanted, _selected) = (new bool[2 * batch.Rows.Length], new bool[2 * batch.Rows.Length]);
        if (_some.BlockSize != batch.BlockSize) _some = new RaggedBatch(batch.BlockSize);
        _hasSome = false;
        int extraSlots = ExtraSlots(batch);
        for (int layer = 0; layer < decoder.Layers; layer++)
        {
            Show(decoder, batch, layer, reader);
            for (int slot = -1; slot < extraSlots; slot++) RunLayer(decoder, batch, layer, slot);
        }

        SelectAll(decoder, batch);
        reader?.Read(decoder.Layers, decoder);
    }

    public void Dispose() => _gathered.Dispose();

    private void Show(Decoder decoder, RaggedBatch batch, int depth, IHiddenReader? reader)
    {
        if (reader is null) return;
        SelectAll(decoder, batch);
        reader.Read(depth, decoder);
    }

    private void RunLayer(Decoder decoder, RaggedBatch batch, int layer, int slot)
    {
        int count = CountWanted(batch.Rows, layer, slot);
        if (count == 0) return;
        if (count == batch.Rows.Length) SelectAll(decoder, batch);
        else Select(decoder, batch);
        decoder.RunLayer(layer, slot, _hasSome ? _gathered : decoder.Hidden);
    }

    /// <summary>Finds the rows that run a layer: for the first time (slot -1), or again with their keys and values in an extra slot.</summary>
    private int CountWanted(ReadOnlySpan<RaggedRow> rows, int layer, int slot)
    {
        int count = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            _wanted[i] = slot < 0 ? rows[i].Route?.Runs(layer) ?? true : rows[i].Route?.ExtraSlot(layer) == slot;
            if (_wanted[i]) count++;
        }

        return count;
    }

    private void Select(Decoder decoder, RaggedBatch batch)
    {
        int rows = batch.Rows.Length;
        if (_hasSome && _wanted.AsSpan(0, rows).SequenceEqual(_selected.AsSpan(0, rows))) return;
        PutBack(decoder);
        (_wanted, _selected) = (_selected, _wanted);
        _some.FillSome(batch, _selected.AsSpan(0, rows));
        compute.Gather(decoder.Hidden, _some.Origins, _gathered);
        compute.Select(_some);
        _hasSome = true;
    }

    private void SelectAll(Decoder decoder, RaggedBatch batch)
    {
        if (!_hasSome) return;
        PutBack(decoder);
        compute.Select(batch);
        _hasSome = false;
    }

    private void PutBack(Decoder decoder)
    {
        if (_hasSome) compute.Scatter(_gathered, _some.Origins, decoder.Hidden);
    }

    private static int ExtraSlots(RaggedBatch batch)
    {
        int slots = 0;
        foreach (ref readonly RaggedRow row in batch.Rows) slots = Math.Max(slots, row.Route?.Repeated ?? 0);
        return slots;
    }
}
