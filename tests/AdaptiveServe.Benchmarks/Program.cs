using AdaptiveServe.Benchmarks;
using AdaptiveServe.Benchmarks.Growth;
using AdaptiveServe.Benchmarks.Steady;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

switch (args)
{
    case ["probe", _, ..]:
        Probe.Run(args.AsSpan(1));
        return;
    case ["model", var shape, var folder]:
        RandomModel.Write(Enum.Parse<ModelShape>(shape, ignoreCase: true), folder);
        return;
    case ["decode", _, _, ..]:
        DecodeVerb.Run(args.AsSpan(1));
        return;
    case ["growth", _, ..]:
        GrowthVerb.Run(args.AsSpan(1));
        return;
    case ["steady", _, ..]:
        SteadyVerb.Run(args.AsSpan(1));
        return;
}

// In this process: the native libraries lie beside this executable, and nowhere else.
IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)).AddColumn(StatisticColumn.Min);
BenchmarkSwitcher.FromAssembly(typeof(DecodeBenchmark).Assembly).Run(args, config);
