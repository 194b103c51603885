using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using AdaptiveServe.Server.OpenAI.Errors;
using Microsoft.Extensions.Options;

namespace AdaptiveServe.Server.Access;

/// <summary>Limits how often each key, or each address where there are no keys, may ask for a generation.</summary>
internal sealed class RequestRateLimiter : IEndpointFilter, IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext>? _limiter;
    private readonly int _limit;

    public RequestRateLimiter(IOptions<AccessOptions> options, ApiKeys keys)
    {
        _limit = options.Value.RequestsPerMinute;
        if (_limit == 0) return;
        _limiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
            Caller(context, keys),
            _ => new TokenBucketRateLimiterOptions { TokenLimit = _limit, TokensPerPeriod = _limit, ReplenishmentPeriod = Minute, AutoReplenishment = true }));
    }

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (_limiter is null) return await next(context);
        using RateLimitLease lease = _limiter.AttemptAcquire(context.HttpContext);
        if (lease.IsAcquired) return await next(context);
        throw new ApiException(StatusCodes.Status429TooManyRequests, "rate_limit_error",
            string.Create(CultureInfo.InvariantCulture, $"More than {_limit} requests in a minute."), null, "rate_limit_exceeded")
        {
            RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan delay) ? delay : Minute,
        };
    }

    public void Dispose() => _limiter?.Dispose();

    /// <summary>Where nobody checks keys, a made-up one must not count as a caller of its own.</summary>
    private static string Caller(HttpContext context, ApiKeys keys) =>
        (keys.IsGuarded ? ApiKeys.KeyOf(context.Request) : null) ?? (context.Connection.RemoteIpAddress ?? IPAddress.None).ToString();
}
