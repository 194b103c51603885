using AdaptiveServe.Server.Configuration;
using AdaptiveServe.Server.Hosting;

return await CommandLine.InvokeAsync(args, AdaptiveServeHost.RunAsync);
