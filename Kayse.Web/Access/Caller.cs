using Kayse.Core.Companies;

namespace Kayse.Web.Access;

/// <summary>Who makes a request.</summary>
/// <param name="Role">What they may do.</param>
/// <param name="Company">The firm they belong to; null for an operator, who may reach all.</param>
public sealed record Caller(CallerRole Role, CompanyId? Company)
{
    /// <summary>Which one: a key's id, <c>operator</c>, or a person's id in their tenant; empty for a person of whom the platform gives none.</summary>
    public string Id { get; init; } = string.Empty;
}

/// <summary>What a caller may do.</summary>
public enum CallerRole
{
    /// <summary>May read a firm's data.</summary>
    Viewer,

    /// <summary>May read and change a firm's data.</summary>
    Admin,

    /// <summary>May send a firm's platform events, and nothing else.</summary>
    Platform,

    /// <summary>Operates the installation; may reach all firms.</summary>
    Operator,
}
