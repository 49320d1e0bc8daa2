using Kayse.Core.Cases;
using Kayse.Core.Companies;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Lays a lead's fields over its case and client. A field that is blank or did not come overwrites nothing; two posts at the same moment lose no field, since each is laid over what the other left.</summary>
public sealed class LeadUpsert(CaseStore cases, CaseStatuses statuses, TimeProvider clock)
{
    private const int MaxOtherCharacters = 100_000;

    /// <summary>Creates or updates the case.</summary>
    /// <returns>The case, what was done (<c>created</c>, <c>updated</c>, <c>unchanged</c>), and what was odd.</returns>
    public async Task<(Case Case, string Result, IReadOnlyList<string> Warnings)> ApplyAsync(CompanyId company, LeadId lead, LeadPost post, LawRulerSettings settings, string? campaignId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(post);
        ArgumentNullException.ThrowIfNull(settings);
        var warnings = new List<string>(post.TooLong.Select(field => $"{field} is longer than {LeadPost.MaxValue} characters and was cut; the raw request has it whole."));
        var caseId = await cases.CaseIdAsync(company, LawRulerConnections.Crm, lead.ToString(), cancellationToken);
        var clientId = await ClientIdAsync(company, lead, post, caseId, warnings, cancellationToken);
        var clientChanged = await cases.ChangeAsync(company, clientId, old => Merge(old ?? NewClient(clientId, post), post, warnings), cancellationToken);
        var (before, after) = await cases.ChangeAsync(company, caseId, old => Merge(old ?? NewCase(caseId, clientId, lead), clientId, post, settings, campaignId, warnings), cancellationToken);
        await statuses.EmitDueAsync(company, caseId, cancellationToken);
        var result = before is null ? "created" : clientChanged || before != after ? "updated" : "unchanged";
        return (after, result, [.. warnings.Distinct(StringComparer.Ordinal)]);
    }

    private async Task<ClientId> ClientIdAsync(CompanyId company, LeadId lead, LeadPost post, CaseId caseId, List<string> warnings, CancellationToken cancellationToken)
    {
        if (LeadContact(post, warnings) is { } contact)
        {
            return await cases.ClientIdAsync(company, LawRulerConnections.Crm, contact, cancellationToken);
        }

        // Without a Contact ID the case keeps the client it has; a new one gets a client of its own.
        return await cases.FindAsync(company, caseId, cancellationToken) is { } known
            ? known.ClientId
            : await cases.ClientIdAsync(company, LawRulerConnections.Crm, $"of-lead-{lead}", cancellationToken);
    }

    private static string? LeadContact(LeadPost post, List<string> warnings)
    {
        var contact = post["Contact ID"];
        if (contact is null || LeadId.TryParse(contact, null, out _))
        {
            return contact;
        }

        warnings.Add("Contact ID is no id and was not used.");
        return null;
    }

    private Client NewClient(ClientId id, LeadPost post) =>
        new() { Id = id, ExternalSource = LawRulerConnections.Crm, ExternalSourceId = LeadContact(post, []), CreatedAt = clock.GetUtcNow() };

    private Case NewCase(CaseId id, ClientId clientId, LeadId lead) =>
        new() { Id = id, ClientId = clientId, ExternalSource = LawRulerConnections.Crm, ExternalSourceId = lead.ToString(), CreatedAt = clock.GetUtcNow() };

    private static Client Merge(Client old, LeadPost post, List<string> warnings)
    {
        var phone = post["Phone"];
        if (phone is not null && PhoneNumber.Normalize(phone) is null)
        {
            warnings.Add("Phone is no number that can be dialled; it was kept as it came.");
        }

        var birth = LawRulerTime.ReadDate(post["Date of Birth"]);
        if (post["Date of Birth"] is not null && birth is null)
        {
            warnings.Add("Date of Birth is no date and was not used.");
        }

        return old with
        {
            FirstName = post["First Name"] ?? old.FirstName,
            LastName = post["Last Name"] ?? old.LastName,
            FullName = post["Full Name"] ?? old.FullName,
            Email = post["Email"] ?? old.Email,
            Phone = phone is null ? old.Phone : PhoneNumber.Normalize(phone) ?? phone,
            Address = post["Address"] ?? old.Address,
            City = post["City"] ?? old.City,
            State = post["State"] ?? old.State,
            Zip = post["Zip"] ?? old.Zip,
            DateOfBirth = birth ?? old.DateOfBirth,
            TimeZone = post["Time Zone"] ?? old.TimeZone,
        };
    }

    private Case Merge(Case old, ClientId clientId, LeadPost post, LawRulerSettings settings, string? campaignId, List<string> warnings)
    {
        var fields = old.Fields.With(post.Others, MaxOtherCharacters, out var isFull);
        if (isFull)
        {
            warnings.Add($"The other fields have more than {MaxOtherCharacters} characters; some were not kept with the case. The raw request has them all.");
        }

        var merged = old with
        {
            ClientId = clientId,
            CaseType = post["Case Type"] ?? old.CaseType,
            CaseTypeId = post["Case Type ID"] ?? old.CaseTypeId,
            Description = post["Description"] ?? old.Description,
            ExternalCreatedAt = LawRulerTime.Read(post["Created Date"], settings.TimeZone) ?? old.ExternalCreatedAt,
            CampaignId = campaignId ?? old.CampaignId,
            Fields = fields,
        };
        var person = post["Full Name"] ?? string.Join(' ', new[] { post["First Name"], post["Last Name"] }.Where(part => part is not null));
        merged = merged with { Name = person.Length > 0 ? string.Join(" – ", new[] { person, merged.CaseType }.Where(part => part is not null)) : old.Name };
        return post["Status"] is { } status ? statuses.Change(merged, status, post["Status ID"], LawRulerConnections.Crm) : merged;
    }
}
