namespace AdaptiveServe.Engine.Sequences;

/// <summary>A token and its natural log-probability under the model's raw distribution (before penalties and temperature).</summary>
public readonly record struct TokenLogprob(int Id, float Logprob);
