using AdaptiveServe.Torch.Models;

namespace AdaptiveServe.Torch.Routing;

/// <summary>Looks at the residual stream while a forward goes from layer to layer.</summary>
internal interface IHiddenReader
{
    /// <summary>Called before each layer, and after the last.</summary>
    /// <param name="depth">Layers that ran.</param>
    /// <param name="decoder">Whose forward it is; <see cref="Decoder.CopyHidden"/> gives the states.</param>
    void Read(int depth, Decoder decoder);
}
