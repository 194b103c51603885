using System.Collections.Immutable;

namespace AdaptiveServe.Lab.Inspection;

/// <summary>Tensors that differ in the numbers in their names only, as those of the layers do.</summary>
/// <param name="Pattern">Their name, with <c>*</c> for the numbers.</param>
/// <param name="Dtype">How elements are stored.</param>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Count">How many there are.</param>
internal sealed record TensorGroup(string Pattern, string Dtype, ImmutableArray<long> Shape, int Count)
{
    public long Elements => Count * Shape.Aggregate(1L, (product, size) => product * size);
}
