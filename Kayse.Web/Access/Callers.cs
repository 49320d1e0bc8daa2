using Kayse.Core.Companies;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web.Access;

/// <summary>Recognises the caller: by the <c>X-API-KEY</c> header, or, where the platform signs people in, by what it says of them.</summary>
/// <param name="operatorKey">The operator's key.</param>
/// <param name="keys">The firms' keys.</param>
/// <param name="people">Who signed in.</param>
public sealed class Callers(OperatorKey operatorKey, ApiKeys keys, SignedInPeople people)
{
    /// <summary>The header that carries a key.</summary>
    public const string Header = "X-API-KEY";

    /// <summary>The operator, among callers.</summary>
    public const string OperatorId = "operator";

    private const int MaxKeyLength = 512;

    /// <summary>The caller, or null when no key or a wrong one was sent and nobody signed in.</summary>
    public async Task<Caller?> IdentifyAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Request.Headers.TryGetValue(Header, out var sent)
            ? sent is [{ Length: > 0 and <= MaxKeyLength } text] ? await OfKeyAsync(text, context.RequestAborted) : null
            : await people.IdentifyAsync(context);
    }

    /// <summary>
    /// True when a browser that comes back from another site may end what a caller has begun: it is that caller's, where somebody signed in to it;
    /// otherwise the caller used a key, which a browser does not send with a redirect, and that key is still an admin's.
    /// </summary>
    public async Task<bool> MayEndAsync(HttpContext context, CompanyId company, string begunBy)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await IdentifyAsync(context) is { } caller)
        {
            return caller.Id.Length > 0 && caller.Id == begunBy && (caller.Company is null || caller.Company == company) && caller.Role is CallerRole.Admin or CallerRole.Operator;
        }

        return begunBy == OperatorId || await keys.FindAsync(company, begunBy, context.RequestAborted) is { Role: KeyRole.Admin };
    }

    private async Task<Caller?> OfKeyAsync(string text, CancellationToken cancellationToken) =>
        await operatorKey.IsAsync(text, cancellationToken) ? new Caller(CallerRole.Operator, null) { Id = OperatorId }
        : await keys.VerifyAsync(text, cancellationToken) is { } found ? new Caller(Role(found.Key.Role), found.Company) { Id = found.Key.Id }
        : null;

    private static CallerRole Role(KeyRole role) => role switch
    {
        KeyRole.Admin => CallerRole.Admin,
        KeyRole.Platform => CallerRole.Platform,
        _ => CallerRole.Viewer,
    };
}
