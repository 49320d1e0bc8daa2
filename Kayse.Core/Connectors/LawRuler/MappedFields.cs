using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Works out what a firm's mapping sends for a case: nothing for a case type that is not linked or not sent.</summary>
public sealed class MappedFields(Mappings mappings, LawRulerCatalog catalog)
{
    /// <summary>The parameters of the Key pages that every lead has (the vendor's field tables); all others are fields of a form.</summary>
    private static readonly HashSet<string> s_standard = new(StringComparer.OrdinalIgnoreCase)
    {
        "FirstName", "LastName", "FullName", "CellPhone", "HomePhone", "BusinessPhone", "BusinessName", "Email1", "Email2", "Address1", "Address2", "City", "State", "Zip", "County", "DOB",
        "CaseType", "LeadProvider", "Hear", "CampaignName", "Summary", "Conversation", "LeadAssignee", "LeadOwner", "ContactPreference", "WhenToContact", "CaseRole", "ContactType", "Language",
    };

    /// <summary>True for a field that a list of fields, once it was loaded, does not have: neither there nor a parameter of every lead.</summary>
    public static bool IsGone(string to, CrmFieldSet fields)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(fields);
        return fields.IsComplete && fields.Find(to) is null && !s_standard.Contains(to.Trim());
    }

    /// <summary>What is sent for a case.</summary>
    /// <param name="subject">The case and its call.</param>
    /// <param name="read">Whether field lists that were never loaded are loaded.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<MappedSet> ForAsync(MappingSubject subject, ListRead read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var links = await mappings.LinksAsync(subject.Company, LawRulerConnections.Crm, cancellationToken);
        var link = links.Find(subject.Case?.CaseTypeId, subject.CaseType);
        if (!subject.Settings.SendsCaseType(subject.CaseType, link))
        {
            return new MappedSet([]) { Link = link, IsSent = false, Blocked = $"Data of the case type {subject.CaseType ?? "(none)"} is not sent; the setting outboundCaseTypes chooses." };
        }

        if (link is null)
        {
            var mapping = await WithoutLinkAsync(subject, cancellationToken);
            return new MappedSet([]) { Blocked = mapping.For(subject.Campaign).Count == 0 ? null : NotLinked(subject.CaseType) };
        }

        var pairs = (await mappings.FieldsForAsync(subject.Company, LawRulerConnections.Crm, link, cancellationToken)).For(subject.Campaign);
        if (pairs.Count == 0)
        {
            return new MappedSet([]) { Link = link };
        }

        var (fields, lists) = await catalog.FieldsAsync(subject.Company, links.Of(link.Kayse), read, cancellationToken);
        return new MappedSet([.. pairs.Select(pair => Convert(pair, subject, fields))]) { Link = link, ListFault = lists.Select(list => list.Fault).FirstOrDefault(fault => fault is not null) };
    }

    /// <summary>What an admin reads about a case type that is not linked.</summary>
    public static string NotLinked(string? caseType) => caseType is null
        ? "The case has no case type, so no mapping applies to it."
        : $"The case type {caseType} is not linked: its mapping is blocked and nothing of it is sent. Link it first.";

    /// <summary>What becomes of one pair.</summary>
    public static MappedValue Convert(FieldPair pair, MappingSubject subject, CrmFieldSet fields)
    {
        ArgumentNullException.ThrowIfNull(pair);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(fields);
        var field = fields.Find(pair.To);
        var settings = subject.Settings;
        var isBirth = string.Equals(pair.To.Trim(), "DOB", StringComparison.OrdinalIgnoreCase);
        var kind = field is not null ? settings.Fields.KindOf(field) : isBirth ? FieldKind.Date : FieldKind.Text;
        var formats = new FieldFormats(settings.Yes, settings.No, isBirth ? settings.Fields.BirthDateFormat : settings.Fields.DateFormat, settings.Fields.MultiSelectSeparator);
        var given = subject.Value(pair.From);
        var value = new MappedValue(pair.From, pair.To, MappedOutcomes.Sent) { Label = field?.Label, Kind = kind, Given = given?.Text(formats.DateFormat) };
        if (CampaignForm.IsReserved(pair.To))
        {
            return value with { Outcome = MappedOutcomes.Reserved, Reason = "This parameter is reserved." };
        }

        if (IsGone(pair.To, fields))
        {
            return value with { Outcome = MappedOutcomes.Gone, Reason = "Law Ruler's list of fields has no such field." };
        }

        if (given is null || given.IsBlank)
        {
            return value with { Outcome = MappedOutcomes.Blank, Reason = "Kayse has no value for it." };
        }

        var converted = FieldConversion.Convert(given, kind, field?.Options ?? [], formats);
        return converted.Text is { } text ? value with { Text = text } : value with { Outcome = MappedOutcomes.Rejected, Reason = converted.Reason };
    }

    private async Task<FieldMapping> WithoutLinkAsync(MappingSubject subject, CancellationToken cancellationToken) =>
        await mappings.FieldsForAsync(subject.Company, LawRulerConnections.Crm, new CaseTypeLink(subject.CaseType ?? FieldMapping.AnyCaseType, subject.CaseType ?? FieldMapping.AnyCaseType, null), cancellationToken);
}

/// <summary>What a mapping comes to for one case.</summary>
/// <param name="Values">Pair by pair.</param>
public sealed record MappedSet(IReadOnlyList<MappedValue> Values)
{
    /// <summary>The link of the case's type, or null.</summary>
    public CaseTypeLink? Link { get; init; }

    /// <summary>False when data of the case type does not go out at all.</summary>
    public bool IsSent { get; init; } = true;

    /// <summary>Why a mapping that is there does not apply; null when it does.</summary>
    public string? Blocked { get; init; }

    /// <summary>Why a list of fields could not be loaded, or null.</summary>
    public ListFault? ListFault { get; init; }
}
