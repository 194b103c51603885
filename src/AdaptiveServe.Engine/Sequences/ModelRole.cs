namespace AdaptiveServe.Engine.Sequences;

/// <summary>Which model of the pair: the cheap one or the good one. A server with one model has only <see cref="Large"/>.</summary>
public enum ModelRole
{
    Small = 0,
    Large = 1,
}
