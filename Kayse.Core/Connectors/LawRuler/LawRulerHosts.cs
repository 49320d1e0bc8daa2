namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Where Law Ruler is; <c>{root}</c> stands for the firm's client root. An operator's setting: the sandbox is put in here.</summary>
public sealed record LawRulerHosts
{
    /// <summary>The Key pages.</summary>
    public string PortalUrl { get; init; } = "https://{root}.lawruler.com";

    /// <summary>The token endpoint's base.</summary>
    public string AuthUrl { get; init; } = "https://auth.lawruler.com/{root}";

    /// <summary>The Advanced API.</summary>
    public string ApiUrl { get; init; } = "https://apim.lawruler.com/{root}";

    /// <summary>The scope that the password grant asks for.</summary>
    public string Scope { get; init; } = "openid profile read write offline_access";

    /// <summary>An address of a firm's.</summary>
    public static Uri At(string host, string root, string path)
    {
        ArgumentNullException.ThrowIfNull(host);
        return new Uri(host.Replace("{root}", root, StringComparison.Ordinal).TrimEnd('/') + path);
    }
}
