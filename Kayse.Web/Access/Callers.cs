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

    private const int MaxKeyLength = 512;

    /// <summary>The caller, or null when no key or a wrong one was sent and nobody signed in.</summary>
    public async Task<Caller?> IdentifyAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Request.Headers.TryGetValue(Header, out var sent)
            ? sent is [{ Length: > 0 and <= MaxKeyLength } text] ? await OfKeyAsync(text, context.RequestAborted) : null
            : await people.IdentifyAsync(context);
    }

    private async Task<Caller?> OfKeyAsync(string text, CancellationToken cancellationToken) =>
        await operatorKey.IsAsync(text, cancellationToken) ? new Caller(CallerRole.Operator, null)
        : await keys.VerifyAsync(text, cancellationToken) is { } found ? new Caller(Role(found.Key.Role), found.Company)
        : null;

    private static CallerRole Role(KeyRole role) => role switch
    {
        KeyRole.Admin => CallerRole.Admin,
        KeyRole.Platform => CallerRole.Platform,
        _ => CallerRole.Viewer,
    };
}
