namespace AdaptiveServe.Lab.DemoSuite;

/// <param name="Task">A task of the mix.</param>
/// <param name="Weight">Its share of the examples, beside the other weights.</param>
/// <param name="HasSizes">Whether it becomes harder out of range; without, it is no part of the examples out of range.</param>
internal sealed record WeightedTask(IDemoTask Task, int Weight, bool HasSizes = true)
{
    /// <summary>Its share of the training; more than <see cref="Weight"/> for what is hard to learn.</summary>
    public int Practice { get; init; } = Weight;
}
