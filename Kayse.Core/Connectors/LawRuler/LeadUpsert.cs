using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Lays a lead's fields over its case and client. A field that is blank or did not come overwrites nothing; two posts at the same moment lose no field, since each is laid over what the other left.</summary>
public sealed class LeadUpsert(CaseStore cases, CaseStatuses statuses, LawRulerConnections connections, TimeProvider clock)
{
    // A row has to stay well below what a store takes, whatever a firm's webhook sends over the years.
    private const int MaxFieldCharacters = 100_000;

    /// <summary>Creates or updates the case.</summary>
    /// <returns>The case, what was done (<c>created</c>, <c>updated</c>, <c>unchanged</c>), and what was odd.</returns>
    public async Task<(Case Case, string Result, IReadOnlyList<string> Warnings)> ApplyAsync(CompanyId company, LeadId lead, LeadPost post, DateTimeOffset receivedAt, LawRulerSettings settings, string? campaignId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(post);
        ArgumentNullException.ThrowIfNull(settings);
        var warnings = new List<string>(post.Warnings);
        var connection = await connections.GetAsync(company, cancellationToken);
        var caseId = await cases.CaseIdAsync(company, LawRulerConnections.Crm, lead.ToString(), cancellationToken);
        var clientId = await ClientIdAsync(company, lead, post, caseId, warnings, cancellationToken);
        var (client, clientChanged) = await cases.ChangeAsync(company, clientId, old => Merge(old ?? NewClient(clientId, post), post, warnings), cancellationToken);
        var (before, after) = await cases.ChangeAsync(
            company, caseId, old => Merge(old ?? NewCase(caseId, clientId, lead), client, post, receivedAt, settings, connection, campaignId, warnings), cancellationToken);
        await statuses.EmitDueAsync(company, caseId, cancellationToken);
        var result = before is null ? "created" : clientChanged || IsUpdated(before, after) ? "updated" : "unchanged";
        return (after, result, [.. warnings.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>The case of a lead; where Kayse has none, one with nothing but its ids is made, which the lead's first post fills.</summary>
    public async Task<Case> EnsureAsync(CompanyId company, LeadId lead, string? caseType, CancellationToken cancellationToken)
    {
        var caseId = await cases.CaseIdAsync(company, LawRulerConnections.Crm, lead.ToString(), cancellationToken);
        if (await cases.FindAsync(company, caseId, cancellationToken) is { } known)
        {
            return known;
        }

        var clientId = await cases.ClientIdAsync(company, LawRulerConnections.Crm, $"of-lead-{lead}", cancellationToken);
        await cases.ChangeAsync(company, clientId, old => old ?? new Client { Id = clientId, ExternalSource = LawRulerConnections.Crm, CreatedAt = clock.GetUtcNow() }, cancellationToken);
        return (await cases.ChangeAsync(company, caseId, old => old ?? NewCase(caseId, clientId, lead) with { CaseType = caseType }, cancellationToken)).After;
    }

    // What Kayse wrote is no news when it comes back, even where the echo adds the status's id.
    private static bool IsUpdated(Case before, Case after) => CaseStatuses.IsNews(before, after) || after != before with
    {
        Status = after.Status,
        StatusId = after.StatusId,
        StatusOrigin = after.StatusOrigin,
        StatusAt = after.StatusAt,
        StatusPostedAt = after.StatusPostedAt,
        StatusBeingWritten = after.StatusBeingWritten,
        StatusChanges = after.StatusChanges,
        StatusEventsDue = after.StatusEventsDue,
        StatusInCrm = after.StatusInCrm,
        StatusWrittenAt = after.StatusWrittenAt,
        StatusByKayse = after.StatusByKayse,
        UpdatedAt = after.UpdatedAt,
    };

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

    private Case Merge(Case old, Client client, LeadPost post, DateTimeOffset receivedAt, LawRulerSettings settings, LawRulerConnection connection, string? campaignId, List<string> warnings)
    {
        var created = LawRulerTime.Read(post["Created Date"], settings.TimeZone);
        if (post["Created Date"] is not null && created is null)
        {
            warnings.Add("Created Date is no date and was not used.");
        }

        var merged = old with
        {
            ClientId = client.Id,
            CaseType = post["Case Type"] ?? old.CaseType,
            CaseTypeId = post["Case Type ID"] ?? old.CaseTypeId,
            Description = post["Description"] ?? old.Description,
            ExternalCreatedAt = created ?? old.ExternalCreatedAt,
            CampaignId = campaignId ?? old.CampaignId,
            Fields = old.Fields.With(post.Others, MaxFieldCharacters, out var left),
        };
        if (left.Count > 0)
        {
            warnings.Add($"{left.Count} of the other fields are too large for the case; they are kept with the request alone.");
        }

        // The client's names, not the post's: one that came blank is still known.
        var person = client.FullName ?? string.Join(' ', new[] { client.FirstName, client.LastName }.Where(part => part is not null));
        merged = merged with { Name = person.Length > 0 ? string.Join(" – ", new[] { person, merged.CaseType }.Where(part => part is not null)) : old.Name };
        if (post["Status"] is not { } status || receivedAt < old.StatusPostedAt)
        {
            return merged;
        }

        var observed = statuses.Observe(merged, new CrmStatus(status, post["Status ID"], receivedAt, receivedAt), connection);
        if (!connection.Toggles.SyncCaseStatuses && !StatusMapping.Same(observed.Status, status))
        {
            warnings.Add("Sync case statuses is off: the case's status was not changed.");
        }

        return observed;
    }
}
