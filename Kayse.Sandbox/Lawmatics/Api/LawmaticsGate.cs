using System.Globalization;
using Kayse.Sandbox.Lawmatics.Webhooks;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>What every call of <c>/lawmatics/v1</c> passes: whose token it is, how many calls there were, and how errors look.</summary>
internal sealed class LawmaticsGate(SandboxState state, LawmaticsSender sender, SandboxOptions options)
{
    private const string Base = "/lawmatics/v1/";

    public void Get(IEndpointRouteBuilder routes, string path, Func<LawmaticsCall, LawmaticsAnswer> handler) => Map(routes, ["GET"], path, ByToken, handler);

    public void Post(IEndpointRouteBuilder routes, string path, Func<LawmaticsCall, LawmaticsAnswer> handler) => Map(routes, ["POST"], path, ByToken, handler);

    public void Put(IEndpointRouteBuilder routes, string path, Func<LawmaticsCall, LawmaticsAnswer> handler) => Map(routes, ["PUT", "PATCH"], path, ByToken, handler);

    public void Delete(IEndpointRouteBuilder routes, string path, Func<LawmaticsCall, LawmaticsAnswer> handler) => Map(routes, ["DELETE"], path, ByToken, handler);

    /// <summary>A call whose firm is found in another way than by its token.</summary>
    public void Open(IEndpointRouteBuilder routes, string method, string path, Func<HttpContext, LawmaticsFirm?> whose, Func<LawmaticsCall, LawmaticsAnswer> handler) =>
        Map(routes, [method], path, whose, handler);

    /// <summary>A read that answers bytes, of which only the number counts.</summary>
    public void Download(IEndpointRouteBuilder routes, string path, Func<LawmaticsCall, long> size) =>
        Get(routes, path, call => new LawmaticsAnswer(StatusCodes.Status200OK, null) { BlankBytes = size(call) });

    /// <summary>The firm whose token the call bears, if it lives.</summary>
    public LawmaticsFirm? ByToken(HttpContext context)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var (token, now) = (header[Scheme.Length..].Trim(), options.Clock.GetUtcNow());
        return state.FindFirm(f => !f.Options.RejectTokens && f.Tokens.TryGetValue(token, out var end) && (end is null || now < end));
    }

    private void Map(IEndpointRouteBuilder routes, string[] methods, string path, Func<HttpContext, LawmaticsFirm?> whose, Func<LawmaticsCall, LawmaticsAnswer> handler) =>
        routes.MapMethods(Base + path, methods, context => PassAsync(context, whose(context), handler));

    private async Task PassAsync(HttpContext context, LawmaticsFirm? firm, Func<LawmaticsCall, LawmaticsAnswer> handler)
    {
        Sign(context);
        if (firm is null)
        {
            await LawmaticsAnswer.UnauthorizedAsync(context);
            return;
        }

        var now = options.Clock.GetUtcNow();
        if (firm.Limiter.Refuse(firm.Options.RateLimitPerMinute, now) is not null)
        {
            await LimitAsync(context, firm.Options.RetryAfterSeconds);
            return;
        }

        try
        {
            var call = new LawmaticsCall(context, firm, Exchange.Of(context).Body, now);
            var isRead = HttpMethods.IsGet(context.Request.Method);
            var answer = isRead ? state.Read(() => handler(call)) : state.Change(() => handler(call));
            sender.SendRaised(firm);
            await (isRead ? Task.CompletedTask : DelayAsync(context, firm.Options));
            await answer.WriteAsync(context);
        }
        catch (LawmaticsRefusal refusal)
        {
            await LawmaticsAnswer.ErrorAsync(context, refusal.Status, refusal.Title, refusal.Message);
        }
    }

    private static Task LimitAsync(HttpContext context, int? retryAfter)
    {
        if (retryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        return Task.CompletedTask;
    }

    private Task DelayAsync(HttpContext context, LawmaticsOptions firm)
    {
        var isContact = context.Request.Path.StartsWithSegments("/lawmatics/v1/contacts", StringComparison.Ordinal)
            && (HttpMethods.IsPost(context.Request.Method) || HttpMethods.IsDelete(context.Request.Method));
        var delay = isContact ? firm.ContactWriteDelayMs ?? firm.WriteDelayMs : firm.WriteDelayMs;
        return delay == 0 ? Task.CompletedTask : Task.Delay(TimeSpan.FromMilliseconds(delay), options.Clock, context.RequestAborted);
    }

    /// <summary>The headers of each answer that a caller may want to note, or must not mind.</summary>
    private static void Sign(HttpContext context)
    {
        context.Response.Headers["X-Request-Id"] = Guid.NewGuid().ToString();
        context.Response.Headers["X-Runtime"] = "0.042000";
        context.Response.Headers.SetCookie = "AWSALB=sandbox; Path=/";
    }
}
