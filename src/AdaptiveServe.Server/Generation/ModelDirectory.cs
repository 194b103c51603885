using AdaptiveServe.Server.OpenAI.Errors;

namespace AdaptiveServe.Server.Generation;

/// <summary>Finds the served model by the name that a request gives. Empty until the model is loaded.</summary>
internal sealed class ModelDirectory
{
    private static readonly TimeSpan RetryWhenLoading = TimeSpan.FromSeconds(2);

    private volatile ServedModel? _model;

    /// <summary>The model once it is loaded.</summary>
    public ServedModel? Loaded => _model;

    public void Add(ServedModel model) => _model = model;

    /// <param name="name">A model's name; null takes the only one.</param>
    /// <exception cref="ApiException">There is no such model, or it is not loaded yet.</exception>
    public ServedModel Find(string? name)
    {
        ServedModel model = _model ?? throw ApiException.Unavailable("The model is being loaded.", "model_loading", RetryWhenLoading);
        return name is null || name == model.Name ? model : throw NotFound(name, model);
    }

    private static ApiException NotFound(string name, ServedModel model) => new(
        StatusCodes.Status404NotFound, "invalid_request_error", $"The model '{name}' does not exist; this server serves '{model.Name}'.", "model", "model_not_found");
}
