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

    /// <summary>The model.</summary>
    /// <exception cref="ApiException">It is not loaded yet.</exception>
    public ServedModel Require() => _model ?? throw ApiException.Unavailable("The model is being loaded.", "model_loading", RetryWhenLoading);

    /// <param name="name">A model's name, with an alias's suffix or without; null takes the only model.</param>
    /// <exception cref="ApiException">There is no such model, or it is not loaded yet.</exception>
    public ModelSelection Find(string? name)
    {
        ServedModel model = Require();
        if (name is null || name == model.Name) return new ModelSelection(model, model.Name, new AdaptiveSettings());
        foreach (ModelAlias alias in ModelAlias.All)
            if (name == $"{model.Name}:{alias.Suffix}") return new ModelSelection(model, name, alias.Settings);
        throw NotFound(name, model);
    }

    /// <summary>As <see cref="Find"/>, but names that are not listed do not exist.</summary>
    public ModelSelection FindListed(string name) => Names().Contains(name) ? Find(name) : throw NotFound(name, Require());

    /// <summary>The names to list: the model, and its aliases that it can serve.</summary>
    public IEnumerable<string> Names()
    {
        ServedModel model = Require();
        return ModelAlias.All
            .Where(alias => alias.IsListed(model.Engine.Info))
            .Select(alias => $"{model.Name}:{alias.Suffix}").Prepend(model.Name);
    }

    private static ApiException NotFound(string name, ServedModel model) => new(StatusCodes.Status404NotFound, "invalid_request_error",
        $"The model '{name}' does not exist; this server serves '{model.Name}'.", "model", "model_not_found");
}

/// <summary>The model that a request chose.</summary>
/// <param name="Model">The model.</param>
/// <param name="Name">The name that the request used.</param>
/// <param name="Defaults">What an alias stands for.</param>
internal sealed record ModelSelection(ServedModel Model, string Name, AdaptiveSettings Defaults);
