using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Lawmatics' Open API. Every call spends the firm's one budget; every answer is a value. Bodies are flat JSON, without JSON:API's wrapper.</summary>
public sealed class LawmaticsClient(CrmHttp http, LawmaticsHosts hosts, LawmaticsTokens tokens, ConnectionLimits limits, TimeProvider clock)
{
    /// <summary>Who the token belongs to, with the firm.</summary>
    public const string MePath = "/v1/users/me?fields=all";

    // Of a minute's requests, what may come at once after a pause: a whole sync, where nobody waits.
    private const double BurstShare = 0.25;

    // What any step of a sync may need, however small the setting.
    private const double LeastBurst = 4;

    /// <summary>Takes leave for all requests of an attempt, so that it does not stop in the middle; <see cref="EndAsync"/> gives back what it did not need.</summary>
    /// <returns>The session to make them with; or null and when to come back.</returns>
    public async Task<(LawmaticsSession? Session, DateTimeOffset ComeBack)> BeginAsync(LawmaticsSession session, int requests, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var (leave, comeBack) = await limits.TakeLeaveAsync(session.Company, LawmaticsConnections.Crm, Budget(session), requests, cancellationToken);
        return (leave is null ? null : session with { Leave = leave }, comeBack);
    }

    /// <summary>Gives back what an attempt did not need.</summary>
    public Task EndAsync(LawmaticsSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Leave is { } leave ? limits.GiveBackAsync(session.Company, LawmaticsConnections.Crm, leave, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Reads.</summary>
    public Task<LawmaticsReply> GetAsync(LawmaticsSession session, string path, CancellationToken cancellationToken) =>
        SendAsync(session, new LawmaticsRequest(HttpMethod.Get, path), cancellationToken);

    /// <summary>Creates.</summary>
    public Task<LawmaticsReply> PostAsync(LawmaticsSession session, string path, JsonObject body, CancellationToken cancellationToken) =>
        SendAsync(session, new LawmaticsRequest(HttpMethod.Post, path) { Content = Json(body) }, cancellationToken);

    /// <summary>Changes; what is not named stays.</summary>
    public Task<LawmaticsReply> PutAsync(LawmaticsSession session, string path, JsonObject body, CancellationToken cancellationToken) =>
        SendAsync(session, new LawmaticsRequest(HttpMethod.Put, path) { Content = Json(body) }, cancellationToken);

    /// <summary>Sends any request. A 401 is an answer that nobody has looked at the request, so it is sent again where another token has taken the refused one's place.</summary>
    public async Task<LawmaticsReply> SendAsync(LawmaticsSession session, LawmaticsRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(request);
        var (reply, again) = await SendOnceAsync(session, request, cancellationToken);
        return again ? (await SendOnceAsync(session, request, cancellationToken)).Reply : reply;
    }

    /// <summary>Whose a token is that is not saved yet. Outside the budget: it is one request, after a person has signed in.</summary>
    public async Task<LawmaticsAnswer> WhoAmIAsync(LawmaticsToken token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        return LawmaticsAnswerReader.Read(await http.SendAsync(() => Message(new LawmaticsRequest(HttpMethod.Get, MePath), token.Text), isUpload: false, cancellationToken));
    }

    private static Func<HttpContent> Json(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var text = body.ToJsonString();
        return () => new StringContent(text, Encoding.UTF8, "application/json");
    }

    private async Task<(LawmaticsReply Reply, bool Again)> SendOnceAsync(LawmaticsSession session, LawmaticsRequest request, CancellationToken cancellationToken)
    {
        if (request.IsAnonymous)
        {
            return (await LimitedAsync(session, request, null, cancellationToken), false);
        }

        var (token, fault) = await tokens.GetAsync(session.Company, request.EvenRefused, cancellationToken);
        if (token is null)
        {
            return (fault switch
            {
                TokenFault.Busy => LawmaticsReply.Later(clock.GetUtcNow().AddSeconds(1)),
                TokenFault.ReconnectNeeded => LawmaticsReply.Of(LawmaticsKind.ReconnectNeeded),
                TokenFault.Unavailable => LawmaticsReply.Of(LawmaticsKind.TokenUnavailable),
                _ => LawmaticsReply.Of(LawmaticsKind.NotConnected),
            }, false);
        }

        if (session.TokenId is { } wanted && token.Id != wanted)
        {
            // The firm has connected anew, perhaps to another Lawmatics firm: what was read of the old one must not be written there.
            return (LawmaticsReply.Later(clock.GetUtcNow().AddSeconds(1)), false);
        }

        var reply = await LimitedAsync(session, request, token.Text, cancellationToken);
        return (reply, reply.Answer?.Kind == LawmaticsKind.TokenRefused && !await tokens.RefusedAsync(session.Company, token, cancellationToken));
    }

    private async Task<LawmaticsReply> LimitedAsync(LawmaticsSession session, LawmaticsRequest request, string? token, CancellationToken cancellationToken)
    {
        var (permit, comeBack) = await limits.TakeAsync(session.Company, LawmaticsConnections.Crm, Budget(session), session.Leave, cancellationToken);
        if (permit is null)
        {
            return LawmaticsReply.Later(comeBack);
        }

        using (permit)
        {
            var response = await http.SendAsync(() => Message(request, token), request.IsUpload, cancellationToken);
            return new LawmaticsReply(await SettleAsync(session, response, cancellationToken));
        }
    }

    /// <summary>What comes at once and what comes after it are, in any minute, together no more than the setting.</summary>
    private static RateBudget Budget(LawmaticsSession session)
    {
        var perMinute = session.Settings.RequestsPerMinute;
        var burst = Math.Max(LeastBurst, perMinute * BurstShare);
        return new RateBudget((perMinute - burst) / 60, burst, session.Settings.Concurrency)
        {
            // A process that took more than it needs would take it from the others.
            Chunk = 1,
            // What has begun comes to its end.
            Reserve = session is { Priority: LawmaticsPriority.Bulk, Leave: null } ? Math.Min(burst - 1, burst * session.Settings.LiveReservePercent / 100) : 0,
        };
    }

    private HttpRequestMessage Message(LawmaticsRequest request, string? token)
    {
        var message = new HttpRequestMessage(request.Method, hosts.Api(request.Path)) { Content = request.Content?.Invoke() };
        message.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return message;
    }

    private async Task<LawmaticsAnswer> SettleAsync(LawmaticsSession session, CrmResponse response, CancellationToken cancellationToken)
    {
        var answer = LawmaticsAnswerReader.Read(response);
        if (answer.Kind is not (LawmaticsKind.RateLimited or LawmaticsKind.Unavailable) || (answer.Kind == LawmaticsKind.Unavailable && response.RetryAfter is null))
        {
            return answer;
        }

        var now = clock.GetUtcNow();
        var until = response.RetryAfter?.From(now) ?? now.AddSeconds(session.Settings.RateLimitWaitSeconds);
        await limits.BlockAsync(session.Company, LawmaticsConnections.Crm, until, cancellationToken);
        return answer with { RetryAfter = until - now };
    }
}

/// <summary>A request to Lawmatics.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The path with its query, from <c>/v1</c> on; see <see cref="LawmaticsPath"/>.</param>
public sealed record LawmaticsRequest(HttpMethod Method, string Path)
{
    /// <summary>Makes the body; it may be called again. Null for none.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>True when it carries a file and may take longer.</summary>
    public bool IsUpload { get; init; }

    /// <summary>True to send no token (the submission of a form); a 401 then says nothing about the connection.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>True to try the token although Lawmatics has refused it: somebody wants to know whether it is good again.</summary>
    public bool EvenRefused { get; init; }
}
