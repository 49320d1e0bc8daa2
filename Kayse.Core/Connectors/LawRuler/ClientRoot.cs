namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A firm's subdomain at Law Ruler. It becomes part of a host name, so only a host label is let through.</summary>
public static class ClientRoot
{
    private const string Domain = ".lawruler.com";

    /// <summary>The label in what an admin typed: <c>yourfirm</c>, <c>yourfirm.lawruler.com</c> or <c>https://yourfirm.lawruler.com/…</c>; null when there is none.</summary>
    public static string? Parse(string? text)
    {
        var root = text?.Trim() ?? string.Empty;
        if (!root.All(static c => c is > ' ' and <= '~') || root.Contains('@', StringComparison.Ordinal))
        {
            return null;
        }

        root = root.ToLowerInvariant();
        if (root.Contains("://", StringComparison.Ordinal))
        {
            if (!Uri.TryCreate(root, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || !url.IsDefaultPort || !url.Host.EndsWith(Domain, StringComparison.Ordinal))
            {
                return null;
            }

            root = url.Host;
        }
        else if (root.Split('/', 2) is [var host, _] && host.EndsWith(Domain, StringComparison.Ordinal))
        {
            root = host;
        }

        return Label(root.EndsWith(Domain, StringComparison.Ordinal) ? root[..^Domain.Length] : root);
    }

    // RFC 1123: 1 to 63 letters, digits and hyphens, no hyphen at either end.
    private static string? Label(string text) =>
        text.Length is >= 1 and <= 63 && text[0] != '-' && text[^1] != '-' && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-') ? text : null;
}
