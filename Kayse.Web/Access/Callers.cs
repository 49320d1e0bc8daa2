using Kayse.Core.Companies;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web.Access;

/// <summary>Recognises the caller by the <c>X-API-KEY</c> header.</summary>
/// <param name="options">The operator's key.</param>
/// <param name="keys">The firms' keys.</param>
public sealed class Callers(AccessOptions options, ApiKeys keys)
{
    /// <summary>The header that carries a key.</summary>
    public const string Header = "X-API-KEY";

    private const int MaxKeyLength = 512;

    /// <summary>The caller, or null when no key or a wrong one was sent.</summary>
    public async Task<Caller?> IdentifyAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Request.Headers[Header] is not [{ Length: > 0 and <= MaxKeyLength } text])
        {
            return null;
        }

        if (options.OperatorKey is { Length: > 0 } operatorKey && ApiKeys.Same(operatorKey, text))
        {
            return new Caller(CallerRole.Operator, null);
        }

        return await keys.VerifyAsync(text, context.RequestAborted) is { } found ? new Caller(Role(found.Key.Role), found.Company) : null;
    }

    private static CallerRole Role(KeyRole role) => role switch
    {
        KeyRole.Admin => CallerRole.Admin,
        KeyRole.Platform => CallerRole.Platform,
        _ => CallerRole.Viewer,
    };
}

/// <summary>The installation's own key.</summary>
/// <param name="OperatorKey">The operator's key (<c>KAYSE_ADMIN_KEY</c>); null for none.</param>
public sealed record AccessOptions(string? OperatorKey)
{
    /// <summary>Never the key.</summary>
    public override string ToString() => "AccessOptions { *** }";
}
