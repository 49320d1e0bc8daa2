using Kayse.Core.Companies;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web.Integrations;

/// <summary>How this installation is reached from outside.</summary>
/// <param name="Url">The base address; null to take the request's own host.</param>
public sealed record PublicAddress(string? Url)
{
    /// <summary>The URL of a firm's Law Ruler webhook.</summary>
    public string LawRulerWebhook(HttpRequest request, CompanyId company, string token)
    {
        ArgumentNullException.ThrowIfNull(request);
        return LawRulerWebhook(Url ?? $"{request.Scheme}://{request.Host}", company, token);
    }

    /// <summary>The URL of a firm's Law Ruler webhook below a base address.</summary>
    public static string LawRulerWebhook(string baseUrl, CompanyId company, string token)
    {
        ArgumentNullException.ThrowIfNull(baseUrl);
        return $"{baseUrl.TrimEnd('/')}/api/webhooks/lawruler/{company}?token={Uri.EscapeDataString(token)}";
    }
}
