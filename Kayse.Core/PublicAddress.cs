namespace Kayse.Core;

/// <summary>How this installation is reached from outside.</summary>
/// <param name="url">The base address; null when the operator set none.</param>
public sealed class PublicAddress(string? url)
{
    /// <summary>The address that the operator set, or null.</summary>
    public string? Url => url?.TrimEnd('/');

    /// <summary>Where the host itself listens, once it does: the address where none was set.</summary>
    public string Listening { get; set; } = "http://localhost";

    /// <summary>The address for links, without a slash at the end.</summary>
    public string Base => Url ?? Listening.TrimEnd('/');
}
