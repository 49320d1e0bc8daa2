using Kayse.Core;
using Kayse.Core.Companies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Web.Integrations;

/// <summary>The addresses that go into Lawmatics.</summary>
public static class LawmaticsAddresses
{
    /// <summary>The path where a sign-in ends.</summary>
    public const string CallbackPath = "/api/oauth/lawmatics/callback";

    private const int MaxUri = 500;

    /// <summary>The redirect URI of this installation.</summary>
    public static string Callback(HttpContext context) => Base(context) + CallbackPath;

    /// <summary>The URL of a firm's webhook; it holds no secret, since Lawmatics signs.</summary>
    public static string Webhook(HttpContext context, CompanyId company) => $"{Base(context)}/api/webhooks/lawmatics/{company}";

    /// <summary>True for a redirect URI that leads back here: absolute, over https but for this machine, to the callback's path.</summary>
    public static bool IsRedirectUri(string? text) =>
        text is { Length: > 0 and <= MaxUri } && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0 && uri.Query.Length == 0 && uri.AbsolutePath.EndsWith(CallbackPath, StringComparison.Ordinal);

    private static string Base(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (context.RequestServices.GetRequiredService<PublicAddress>().Url ?? $"{context.Request.Scheme}://{context.Request.Host}").TrimEnd('/');
    }
}
