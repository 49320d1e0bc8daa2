using System.Text.Json;

namespace Kayse.Sandbox.LawRuler;

/// <summary>A lead as <c>/_sandbox</c> takes it. Status and case type are names or ids.</summary>
internal sealed record LeadInput
{
    public long? Id { get; init; }

    public long? ContactId { get; init; }

    public JsonElement? Status { get; init; }

    public JsonElement? CaseType { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyDictionary<string, string>? Fields { get; init; }

    public IReadOnlyDictionary<string, string>? CustomFields { get; init; }

    /// <exception cref="WrongRequestException">The status or case type is not the portal's.</exception>
    public Lead ToLead(Portal portal, long id, DateTimeOffset now)
    {
        var lead = new Lead
        {
            Id = id,
            ContactId = ContactId ?? portal.NextContactId(),
            Status = Find(portal.Statuses, Status, "status") ?? portal.StatusNamed(SandboxDefaults.NewLeadStatus) ?? portal.Statuses[0],
            CaseType = Find(portal.Settings.CaseTypes, CaseType, "caseType"),
            CreatedAt = now,
            UpdatedAt = now,
        };
        Apply(portal, lead, now);
        return lead;
    }

    /// <summary>Writes what is given over a lead, and tells whether that changed its status.</summary>
    /// <exception cref="WrongRequestException">The status or case type is not the portal's.</exception>
    public bool Apply(Portal portal, Lead lead, DateTimeOffset now)
    {
        var before = lead.Status.Id;
        var status = Find(portal.Statuses, Status, "status");
        var caseType = Find(portal.Settings.CaseTypes, CaseType, "caseType");
        lead.Status = status ?? lead.Status;
        lead.CaseType = caseType ?? lead.CaseType;
        lead.AddTags(Tags ?? []);
        Copy(Fields, lead.Fields);
        Copy(CustomFields, lead.CustomFields);
        lead.UpdatedAt = now;
        return lead.Status.Id != before;
    }

    private static void Copy(IReadOnlyDictionary<string, string>? from, Dictionary<string, string> to)
    {
        foreach (var (name, value) in from ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            to[name] = value;
        }
    }

    private static NamedId? Find(IReadOnlyList<NamedId> known, JsonElement? wanted, string field)
    {
        if (wanted?.ToString() is not { Length: > 0 } text)
        {
            return null;
        }

        return known.FirstOrDefault(k => k.Id.ToString() == text)
            ?? known.FirstOrDefault(k => Portal.Plain(k.Name).Equals(Portal.Plain(text), StringComparison.OrdinalIgnoreCase))
            ?? throw new WrongRequestException($"{field} '{text}' is none of the portal's.");
    }
}
