using AdaptiveServe.Engine;
using AdaptiveServe.Torch;
using AdaptiveServe.Torch.Running;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Configuration;

/// <summary>What one annotation cannot say about the engine's bounds.</summary>
internal sealed class EngineOptionsRules : IValidateOptions<EngineOptions>
{
    public ValidateOptionsResult Validate(string? name, EngineOptions options) => options.MaxBatchTokens >= options.MaxSequences
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"MaxBatchTokens: {options.MaxBatchTokens} must be at least the {options.MaxSequences} of MaxSequences, so that every sequence can go on in every step.");
}

/// <summary>What one annotation cannot say about the models.</summary>
internal sealed class TorchRunnerOptionsRules : IValidateOptions<TorchRunnerOptions>
{
    public ValidateOptionsResult Validate(string? name, TorchRunnerOptions options)
    {
        if (!KvMemory.IsValid(options.KvMemory))
            return ValidateOptionsResult.Fail($"KvMemory: '{options.KvMemory}' is neither a number of GiB above 0 (1.5) nor a share of free memory (25%).");
        return options.SmallModel is null && options.SmallDType is not null
            ? ValidateOptionsResult.Fail("SmallDType: there is no small model; name one with --small-model.")
            : ValidateOptionsResult.Success;
    }
}
