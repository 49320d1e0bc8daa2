namespace Kayse.Core.Mapping;

/// <summary>How a firm's statuses translate: Kayse's to the CRM's.</summary>
/// <param name="Entries">The pairs.</param>
public sealed record StatusMapping(IReadOnlyList<StatusPair> Entries)
{
    /// <summary>No pairs: every status goes unchanged.</summary>
    public static StatusMapping None { get; } = new([]);

    /// <summary>The CRM's name for a status of Kayse's; without a pair the value unchanged.</summary>
    public string ToCrm(string status) => Entries.FirstOrDefault(pair => Same(pair.Kayse, status))?.Crm ?? status;

    /// <summary>True when two names mean one status: Law Ruler marks some with trailing stars, and case and outer spaces do not count.</summary>
    public static bool Same(string? a, string? b) =>
        string.Equals(Normalize(a), Normalize(b), StringComparison.OrdinalIgnoreCase);

    private static string? Normalize(string? status) => status?.Trim().TrimEnd('*').TrimEnd();
}

/// <summary>One pair.</summary>
/// <param name="Kayse">Kayse's status.</param>
/// <param name="Crm">The CRM's status.</param>
public sealed record StatusPair(string Kayse, string Crm);
