using Kayse.Core;
using Kayse.Core.Companies;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web.Integrations;

/// <summary>The URL that goes into Law Ruler.</summary>
public static class LawRulerWebhookAddress
{
    /// <summary>The URL of a firm's Law Ruler webhook: at the installation's address, or the request's own host where none was set.</summary>
    public static string LawRulerWebhook(this PublicAddress address, HttpRequest request, CompanyId company, string token)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(request);
        return Below(address.Url ?? $"{request.Scheme}://{request.Host}", company, token);
    }

    /// <summary>The URL of a firm's Law Ruler webhook below a base address.</summary>
    public static string Below(string baseUrl, CompanyId company, string token)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        return $"{baseUrl.TrimEnd('/')}/api/webhooks/lawruler/{company}?token={Uri.EscapeDataString(token)}";
    }
}
