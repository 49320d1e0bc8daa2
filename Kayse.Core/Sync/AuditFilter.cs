namespace Kayse.Core.Sync;

/// <summary>Which lines of the audit log; null for any.</summary>
/// <param name="Crm">The CRM.</param>
/// <param name="Action">What was done.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Resource">The CRM's id.</param>
/// <param name="Subject">Our id.</param>
/// <param name="From">From this time on.</param>
/// <param name="Before">Up to, not at, this time.</param>
public sealed record AuditFilter(string? Crm, string? Action, string? Outcome, string? Resource, string? Subject, DateTimeOffset? From, DateTimeOffset? Before)
{
    /// <summary>True when nothing is asked for in particular.</summary>
    public bool IsAll => this == new AuditFilter(null, null, null, null, null, null, null);

    /// <summary>True for a line that is asked for; null for one that is too old, as are all behind it.</summary>
    public bool? Choose(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.At < From ? null
            : (Before is null || entry.At < Before)
                && Is(Crm, entry.Crm) && Is(Action, entry.Action) && Is(Outcome, entry.Outcome) && Is(Resource, entry.Resource) && Is(Subject, entry.Subject);
    }

    private static bool Is(string? asked, string? value) => asked is null || string.Equals(asked, value, StringComparison.OrdinalIgnoreCase);
}
