using AdaptiveServe.Engine;
using AdaptiveServe.Server.Access;
using AdaptiveServe.Server.Hosting;
using AdaptiveServe.Torch;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Configuration;

[OptionsValidator]
internal sealed partial class TorchRunnerOptionsValidator : IValidateOptions<TorchRunnerOptions>;

[OptionsValidator]
internal sealed partial class EngineOptionsValidator : IValidateOptions<EngineOptions>;

[OptionsValidator]
internal sealed partial class ServerOptionsValidator : IValidateOptions<ServerOptions>;

[OptionsValidator]
internal sealed partial class AccessOptionsValidator : IValidateOptions<AccessOptions>;
