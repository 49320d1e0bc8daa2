namespace Kayse.Core.Mapping;

/// <summary>How a firm's statuses translate between Kayse and the CRM.</summary>
/// <param name="Entries">The pairs.</param>
public sealed record StatusMapping(IReadOnlyList<StatusPair> Entries)
{
    /// <summary>No pairs: every status goes unchanged.</summary>
    public static StatusMapping None { get; } = new([]);

    /// <summary>The CRM's name for a status of Kayse's, without a pair the value unchanged; or why there is none: the mapping has two of the name.</summary>
    public (string? Crm, string? Problem) FindCrm(string status)
    {
        var found = Entries.Where(pair => Same(pair.Kayse, status)).ToList();
        return found.Exists(pair => !Same(pair.Crm, found[0].Crm) || pair.CrmId != found[0].CrmId)
            ? (null, $"The status mapping has {found.Count} entries for «{Plain(status)}» that lead to different statuses. Keep one of them.")
            : (found.Count == 0 ? Plain(status) : Plain(found[0].Crm), null);
    }

    /// <summary>
    /// Kayse's name for a status of the CRM's: by its id where the mapping and the CRM tell it, else by its name; without a pair the CRM's name. Where
    /// several of Kayse's statuses are one in the CRM, nobody can tell which, and the CRM's name stays.
    /// </summary>
    public string ToKayse(string crm, string? crmId) => FindKayse(crm, crmId) ?? crm;

    /// <summary>As <see cref="ToKayse"/>, but null without a pair, and where nobody can tell which.</summary>
    public string? FindKayse(string? crm, string? crmId)
    {
        var byId = crmId is null ? [] : Entries.Where(pair => pair.CrmId == crmId).ToList();
        var found = byId.Count > 0 ? byId : crm is null ? [] : [.. Entries.Where(pair => Same(pair.Crm, crm) && (pair.CrmId is null || crmId is null))];
        return found.Count > 0 && found.TrueForAll(pair => Same(pair.Kayse, found[0].Kayse)) ? found[0].Kayse : null;
    }

    /// <summary>The indexes of entries whose status of Kayse's stands in the mapping before, leading elsewhere.</summary>
    public IEnumerable<int> Duplicates() =>
        Enumerable.Range(0, Entries.Count).Where(i => Entries.Take(i).Any(earlier =>
            Same(earlier.Kayse, Entries[i].Kayse) && (!Same(earlier.Crm, Entries[i].Crm) || earlier.CrmId != Entries[i].CrmId)));

    /// <summary>True when two names mean one status: Law Ruler marks some with trailing stars, and case and outer spaces do not count.</summary>
    public static bool Same(string? a, string? b) =>
        string.Equals(Normalize(a), Normalize(b), StringComparison.OrdinalIgnoreCase);

    /// <summary>A status's name without what does not count: outer spaces and trailing stars.</summary>
    public static string Plain(string status) => Normalize(status)!;

    private static string? Normalize(string? status) => status?.Trim().TrimEnd('*').TrimEnd();
}

/// <summary>One pair.</summary>
/// <param name="Kayse">Kayse's status.</param>
/// <param name="Crm">The CRM's status.</param>
/// <param name="CrmId">The CRM's id of the status, where one name stands for several statuses; or null.</param>
public sealed record StatusPair(string Kayse, string Crm, string? CrmId = null);
