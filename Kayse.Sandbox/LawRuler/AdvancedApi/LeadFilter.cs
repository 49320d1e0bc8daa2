namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>A search over the inbox. Every filter may be absent.</summary>
internal sealed record LeadFilter
{
    public IReadOnlyList<int>? CaseTypes { get; init; }

    public IReadOnlyList<int>? Statuses { get; init; }

    /// <summary>A clock of the US East, whatever zone it names.</summary>
    public string? FromDate { get; init; }

    public string? ToDate { get; init; }

    public bool DefaultSortOrderAscending { get; init; }

    /// <summary>The leads that pass, by default the one changed last first.</summary>
    public IEnumerable<Lead> Select(Portal portal)
    {
        var from = EasternClock.TryRead(FromDate, out var start) ? start : DateTimeOffset.MinValue;
        var to = EasternClock.TryRead(ToDate, out var end) ? end : DateTimeOffset.MaxValue;
        var found = portal.Leads.Values.Where(l => Has(CaseTypes, l.CaseType?.Id) && Has(Statuses, l.Status.Id)
            && Date(portal, l) >= from && Date(portal, l) <= to);
        return DefaultSortOrderAscending
            ? found.OrderBy(l => l.UpdatedAt).ThenBy(l => l.Id)
            : found.OrderByDescending(l => l.UpdatedAt).ThenByDescending(l => l.Id);
    }

    private static DateTimeOffset Date(Portal portal, Lead lead) =>
        portal.Options.SearchDate == SearchDate.Created ? lead.CreatedAt : lead.UpdatedAt;

    private static bool Has(IReadOnlyList<int>? wanted, int? actual) =>
        wanted is null or { Count: 0 } || (actual is { } id && wanted.Contains(id));
}
