using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Kayse.Core.Connectors;

/// <summary>
/// How requests to CRMs are sent: pooled connections, TLS 1.2 or newer, no redirects, no cookies, no proxy from the environment, at most
/// a set number of bytes read, one quick retry of a connection that could not be made (nothing was sent then).
/// </summary>
public sealed class CrmHttp : IDisposable
{
    /// <summary>The most that is read of an answer.</summary>
    public const int MaxAnswerBytes = 8 * 1024 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        AutomaticDecompression = DecompressionMethods.All,
        SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
    });

    private readonly ResiliencePipeline<CrmResponse> _calls;
    private readonly ResiliencePipeline<CrmResponse> _uploads;

    /// <summary>Makes the client.</summary>
    /// <param name="clock">For the time-outs.</param>
    /// <param name="timeout">For a whole exchange, the answer included.</param>
    /// <param name="uploadTimeout">For one that carries a file.</param>
    public CrmHttp(TimeProvider clock, TimeSpan timeout, TimeSpan uploadTimeout)
    {
        _calls = Pipeline(clock, timeout);
        _uploads = Pipeline(clock, uploadTimeout);
    }

    /// <summary>Sends a request and reads the whole answer; every fault of the network is a value.</summary>
    /// <param name="request">Makes the request; it is called again for the quick retry.</param>
    /// <param name="isUpload">True when it carries a file and may take longer.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<CrmResponse> SendAsync(Func<HttpRequestMessage> request, bool isUpload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await CatchAsync(async () => await (isUpload ? _uploads : _calls).ExecuteAsync(async token => await ExchangeAsync(request, token), cancellationToken));
    }

    private static async Task<CrmResponse> CatchAsync(Func<Task<CrmResponse>> exchange)
    {
        try
        {
            return await exchange();
        }
        catch (TimeoutRejectedException)
        {
            return new CrmResponse(CrmFault.TimedOut);
        }
        catch (HttpRequestException fault)
        {
            return new CrmResponse(IsConnectFault(fault) ? CrmFault.Unreachable : CrmFault.Broken);
        }
        catch (IOException)
        {
            return new CrmResponse(CrmFault.Broken);
        }
    }

    /// <summary>Downloads: the content of a 200 that is a file goes to <paramref name="keep"/> with its media type. An empty answer is no file, and a page (<c>text/html</c>) only where one is expected.</summary>
    public async Task<CrmResponse> DownloadAsync(Func<HttpRequestMessage> request, bool mayBePage, Func<Stream, string?, CancellationToken, Task> keep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(keep);
        return await CatchAsync(async () => await _uploads.ExecuteAsync(async token =>
        {
            using var sent = request();
            using var response = await _invoker.SendAsync(sent, token);
            var type = response.Content.Headers.ContentType?.MediaType;
            var isFile = response.StatusCode == HttpStatusCode.OK && (mayBePage || type != "text/html") && response.Content.Headers.ContentLength != 0;
            if (isFile)
            {
                await using var stream = await response.Content.ReadAsStreamAsync(token);
                await keep(stream, type, token);
            }

            return new CrmResponse(CrmFault.None, response.StatusCode, RetryAfter: RetryAfter(response)) { IsKept = isFile };
        }, cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();

    private static ResiliencePipeline<CrmResponse> Pipeline(TimeProvider clock, TimeSpan timeout) =>
        new ResiliencePipelineBuilder<CrmResponse> { TimeProvider = clock }
            .AddTimeout(timeout)
            .AddRetry(new RetryStrategyOptions<CrmResponse>
            {
                MaxRetryAttempts = 1,
                Delay = TimeSpan.Zero,
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is HttpRequestException fault && IsConnectFault(fault)),
            })
            .Build();

    private static bool IsConnectFault(HttpRequestException fault) =>
        fault.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    private async ValueTask<CrmResponse> ExchangeAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using var request = make();
        using var response = await _invoker.SendAsync(request, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MaxAnswerBytes)
            {
                return new CrmResponse(CrmFault.TooLarge);
            }
        }

        return new CrmResponse(CrmFault.None, response.StatusCode, Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length), RetryAfter(response)) { RequestId = RequestId(response) };
    }

    // It goes into logs: nothing that somebody else could have written there.
    private static string? RequestId(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Request-Id", out var values) && values.FirstOrDefault() is { Length: > 0 and <= 100 } id && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? id : null;

    private static RetryAfter? RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } header ? new RetryAfter(header.Delta, header.Date) : null;
}

/// <summary>An answer, or why there is none.</summary>
/// <param name="Fault">Why there is none.</param>
/// <param name="Status">The status code.</param>
/// <param name="Body">The body as UTF-8 text.</param>
/// <param name="RetryAfter">When to come back, where the answer says so.</param>
public sealed record CrmResponse(CrmFault Fault, HttpStatusCode Status = default, string Body = "", RetryAfter? RetryAfter = null)
{
    /// <summary>True when the content was a file that was kept.</summary>
    public bool IsKept { get; init; }

    /// <summary>The other side's name for the request (<c>X-Request-Id</c>), for its support; null where it sent none.</summary>
    public string? RequestId { get; init; }
}

/// <summary>A Retry-After header: seconds, or a date.</summary>
/// <param name="Delta">The seconds.</param>
/// <param name="Date">The date.</param>
public sealed record RetryAfter(TimeSpan? Delta, DateTimeOffset? Date)
{
    /// <summary>When to come back, not more than a day away and not in the past.</summary>
    public DateTimeOffset From(DateTimeOffset now)
    {
        var when = Delta is { } delta ? now + (delta > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : delta) : Date ?? now;
        return when < now ? now : when > now.AddDays(1) ? now.AddDays(1) : when;
    }
}

/// <summary>Why there is no answer.</summary>
public enum CrmFault
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>No connection was made: nothing was sent.</summary>
    Unreachable,

    /// <summary>The connection broke in the middle.</summary>
    Broken,

    /// <summary>Not within the time.</summary>
    TimedOut,

    /// <summary>More than <see cref="CrmHttp.MaxAnswerBytes"/>.</summary>
    TooLarge,
}
