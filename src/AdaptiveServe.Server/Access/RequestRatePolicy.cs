using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using AdaptiveServe.Server.OpenAI.Errors;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Access;

/// <summary>Limits how often each key, or each address where there are no keys, may ask for a generation.</summary>
internal sealed class RequestRatePolicy(IOptions<AccessOptions> options, ApiKeys keys) : IRateLimiterPolicy<string>
{
    public const string Name = "generation";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly int _limit = options.Value.RequestsPerMinute;

    public Func<OnRejectedContext, CancellationToken, ValueTask> OnRejected => (rejected, _) => throw Refusal(rejected.Lease);

    public RateLimitPartition<string> GetPartition(HttpContext httpContext) => _limit == 0
        ? RateLimitPartition.GetNoLimiter("")
        : RateLimitPartition.GetTokenBucketLimiter(Caller(httpContext), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = _limit,
            TokensPerPeriod = _limit,
            ReplenishmentPeriod = Minute,
        });

    private ApiException Refusal(RateLimitLease lease) => new(
        StatusCodes.Status429TooManyRequests, "rate_limit_error",
        string.Create(CultureInfo.InvariantCulture, $"More than {_limit} requests in a minute."), null, "rate_limit_exceeded")
    {
        RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan delay) ? delay : Minute,
    };

    /// <summary>Where nobody checks keys, a made-up one must not count as a caller of its own.</summary>
    private string Caller(HttpContext context) =>
        (keys.IsGuarded ? ApiKeys.KeyOf(context.Request) : null) ?? (context.Connection.RemoteIpAddress ?? IPAddress.None).ToString();
}
