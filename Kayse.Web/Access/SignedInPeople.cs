using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Companies;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web.Access;

/// <summary>
/// People whom App Service Authentication has signed in with Microsoft Entra ID: their tenant says for which firm, their app role what they may do.
/// Source of the header's form: learn.microsoft.com, "Work with user identities in Azure App Service authentication".
/// </summary>
/// <param name="companies">Which tenant is whose.</param>
/// <param name="address">How a browser reaches this installation.</param>
/// <param name="isTrusted">
/// True only where the platform itself sets the header and takes it from requests that bear it: its own <c>WEBSITE_AUTH_ENABLED</c> says so.
/// </param>
public sealed class SignedInPeople(CompanyRegister companies, PublicAddress address, bool isTrusted)
{
    /// <summary>The header that carries the claims.</summary>
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    /// <summary>The app role of those who may change a firm's data.</summary>
    public const string AdminRole = "Kayse.Admin";

    /// <summary>The app role of those who may read it.</summary>
    public const string ViewerRole = "Kayse.Viewer";

    private const int MaxHeaderLength = 32 * 1024;
    private const string MappedObject = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    private const string MappedTenant = "http://schemas.microsoft.com/identity/claims/tenantid";

    /// <summary>The person who signed in, or null for nobody, for one without a role, and for one of a tenant that is no firm's.</summary>
    public async Task<Caller?> IdentifyAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!isTrusted || context.Request.Headers[Header] is not [{ Length: > 0 and <= MaxHeaderLength } text] || Read(text) is not { } principal || IsFromAnotherSite(context.Request))
        {
            return null;
        }

        var roles = principal.Values(principal.RoleType, "roles");
        CallerRole? role = roles.Contains(AdminRole, StringComparer.Ordinal) ? CallerRole.Admin : roles.Contains(ViewerRole, StringComparer.Ordinal) ? CallerRole.Viewer : null;
        return role is { } known
            && principal.Values(MappedTenant, "tid") is [var tenantText] && Guid.TryParse(tenantText, out var tenant)
            && await companies.OfTenantAsync(tenant, context.RequestAborted) is { } company
            ? new Caller(known, company) { Id = principal.Values(MappedObject, "oid") is [var person] ? $"person_{person}" : string.Empty } : null;
    }

    // A browser sends the session's cookie with whatever another site makes it send.
    private bool IsFromAnotherSite(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        var site = request.Headers["Sec-Fetch-Site"];
        var origin = request.Headers.Origin;
        return site.Count > 0 ? site is not ["same-origin" or "none"] : origin.Count > 0 && origin != $"{request.Scheme}://{request.Host}" && origin != address.Base;
    }

    private static Principal? Read(string header)
    {
        try
        {
            using var json = JsonDocument.Parse(Convert.FromBase64String(header));
            var root = json.RootElement;
            return Text(root, "auth_typ") == "aad" && root.TryGetProperty("claims", out var claims)
                ? new Principal(Text(root, "role_typ") ?? "roles", [.. claims.EnumerateArray().Select(claim => (Text(claim, "typ") ?? "", Text(claim, "val") ?? ""))])
                : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private sealed record Principal(string RoleType, IReadOnlyList<(string Type, string Value)> Claims)
    {
        public string[] Values(params string[] types) => [.. Claims.Where(claim => types.Contains(claim.Type, StringComparer.Ordinal)).Select(claim => claim.Value).Distinct(StringComparer.Ordinal)];
    }
}
