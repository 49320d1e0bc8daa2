using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Lays a lead's fields over its case and client. A field that is blank or did not come overwrites nothing; two posts at the same moment lose no field, since each is laid over what the other left.</summary>
public sealed class LeadUpsert(CaseStore cases, CaseStatuses statuses, LawRulerConnections connections, AutoAdd autoAdd, ListRouting routing, TimeProvider clock)
{
    // A row has to stay well below what a store takes, whatever a firm's webhook sends over the years.
    private const int MaxFieldCharacters = 100_000;

    /// <summary>Creates or updates the case.</summary>
    /// <returns>The case, what was done (<c>created</c>, <c>updated</c>, <c>unchanged</c>), and what was odd.</returns>
    public Task<(Case Case, string Result, IReadOnlyList<string> Warnings)> ApplyAsync(CompanyId company, LeadId lead, LeadPost post, DateTimeOffset receivedAt, LawRulerSettings settings, string? campaignId, CancellationToken cancellationToken) =>
        ApplyAsync(company, lead, post, settings, new LeadWrite(receivedAt, campaignId) { KeepsNewer = true }, cancellationToken);

    /// <summary>Creates or updates the case, and puts it on the lists whose rules it matches.</summary>
    /// <returns>The case, what was done (<c>created</c>, <c>updated</c>, <c>unchanged</c>), and what was odd.</returns>
    public async Task<(Case Case, string Result, IReadOnlyList<string> Warnings)> ApplyAsync(CompanyId company, LeadId lead, LeadPost post, LawRulerSettings settings, LeadWrite write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(post);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(write);
        var warnings = new List<string>(post.Warnings);
        var connection = await connections.GetAsync(company, cancellationToken);
        var rules = await autoAdd.RulesAsync(company, cancellationToken);
        var caseId = write.Case ?? await cases.CaseIdAsync(company, LawRulerConnections.Crm, lead.ToString(), cancellationToken);
        var clientId = await ClientIdAsync(company, lead, post, caseId, write.OnlyBlanks, warnings, cancellationToken);
        Client? clientBefore = null;
        var (client, clientChanged) = await cases.ChangeAsync(company, clientId, old => Merge((clientBefore = old) ?? NewClient(clientId, post), post, write, warnings), cancellationToken);
        var (before, after) = await cases.ChangeAsync(
            company, caseId, old => Merge(old ?? NewCase(caseId, clientId, lead, rules), client, post, settings, write, connection, warnings), cancellationToken);
        await statuses.EmitDueAsync(company, caseId, cancellationToken);
        if (before is not null && before.ClientId != after.ClientId)
        {
            await cases.DropOwnClientAsync(company, before.ClientId, cancellationToken);
        }

        // A sync tells what a webhook may have told before: the lists were seen to then, and a case that was taken off one stays off.
        if (!write.IsSync || before is null || after.FirstListsDue || LeadChanges.IsNews(before, after) || LeadChanges.IsNews(clientBefore, client))
        {
            await ListAsync(company, rules, after, post, cancellationToken);
        }

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
        var rules = await autoAdd.RulesAsync(company, cancellationToken);
        return (await cases.ChangeAsync(company, caseId, old => old ?? NewCase(caseId, clientId, lead, rules) with { CaseType = caseType }, cancellationToken)).After;
    }

    private async Task ListAsync(CompanyId company, IReadOnlyList<AutoAddRule> rules, Case matter, LeadPost post, CancellationToken cancellationToken)
    {
        if (rules.Count == 0 && !matter.FirstListsDue)
        {
            return;
        }

        var left = await routing.LeftAsync(company, post, cancellationToken);
        await autoAdd.ApplyAsync(company, rules, matter, matter.FirstListsDue, list => list == left, cancellationToken);
        if (matter.FirstListsDue)
        {
            await cases.ChangeAsync(company, matter.Id, old => (old ?? matter) with { FirstListsDue = false }, cancellationToken);
        }
    }

    // What Kayse wrote is no news when it comes back, even where the echo adds the status's id.
    private static bool IsUpdated(Case before, Case after) => CaseStatuses.IsNews(before, after) || after != before with
    {
        Status = after.Status,
        StatusId = after.StatusId,
        StatusOrigin = after.StatusOrigin,
        StatusAt = after.StatusAt,
        StatusPostedAt = after.StatusPostedAt,
        StatusesBeingWritten = after.StatusesBeingWritten,
        StatusChanges = after.StatusChanges,
        StatusEventsDue = after.StatusEventsDue,
        StatusInCrm = after.StatusInCrm,
        StatusWrittenAt = after.StatusWrittenAt,
        StatusByKayse = after.StatusByKayse,
        UpdatedAt = after.UpdatedAt,
    };

    private async Task<ClientId> ClientIdAsync(CompanyId company, LeadId lead, LeadPost post, CaseId caseId, bool onlyBlanks, List<string> warnings, CancellationToken cancellationToken)
    {
        var contact = LeadContact(post, warnings);
        // Without a Contact ID the case keeps the client it has; a new one gets a client of its own.
        if ((contact is null || onlyBlanks) && await cases.FindAsync(company, caseId, cancellationToken) is { } known
            && (contact is null || await cases.FindAsync(company, known.ClientId, cancellationToken) is { ExternalSourceId: not null }))
        {
            return known.ClientId;
        }

        if (contact is not null && await cases.FindClientIdAsync(company, LawRulerConnections.Crm, contact, cancellationToken) is null
            && await cases.FindAsync(company, caseId, cancellationToken) is { } own && await cases.FindAsync(company, own.ClientId, cancellationToken) is { ExternalSourceId: null })
        {
            // The client that the case came with has been this contact all along.
            return await cases.TieClientAsync(company, LawRulerConnections.Crm, contact, own.ClientId, cancellationToken);
        }

        return await cases.ClientIdAsync(company, LawRulerConnections.Crm, contact ?? $"of-lead-{lead}", cancellationToken);
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

    // Only where a rule asks for it is it noted that the case is new: clearing the note is a write more.
    private Case NewCase(CaseId id, ClientId clientId, LeadId lead, IReadOnlyList<AutoAddRule> rules) => new()
    {
        Id = id,
        ClientId = clientId,
        ExternalSource = LawRulerConnections.Crm,
        ExternalSourceId = lead.ToString(),
        CreatedAt = clock.GetUtcNow(),
        FirstListsDue = rules.Any(rule => rule is { Enabled: true, OnlyOnFirstSync: true }),
    };

    private static string? Lay(string? old, string? came, bool onlyBlanks) => onlyBlanks ? old ?? came : came ?? old;

    private static DateTimeOffset Later(DateTimeOffset? old, DateTimeOffset came) => old > came ? old.Value : came;

    private static Client Merge(Client old, LeadPost post, LeadWrite write, List<string> warnings)
    {
        var onlyBlanks = write.FillsBlanks(old.FieldsPostedAt);
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

        var merged = old with
        {
            ExternalSourceId = old.ExternalSourceId ?? LeadContact(post, warnings),
            FirstName = Lay(old.FirstName, post["First Name"], onlyBlanks),
            LastName = Lay(old.LastName, post["Last Name"], onlyBlanks),
            FullName = Lay(old.FullName, post["Full Name"], onlyBlanks),
            Email = Lay(old.Email, post["Email"], onlyBlanks),
            Phone = Lay(old.Phone, PhoneNumber.Normalize(phone) ?? phone, onlyBlanks),
            Address = Lay(old.Address, post["Address"], onlyBlanks),
            City = Lay(old.City, post["City"], onlyBlanks),
            State = Lay(old.State, post["State"], onlyBlanks),
            Zip = Lay(old.Zip, post["Zip"], onlyBlanks),
            DateOfBirth = onlyBlanks ? old.DateOfBirth ?? birth : birth ?? old.DateOfBirth,
            TimeZone = Lay(old.TimeZone, post["Time Zone"], onlyBlanks),
        };
        return merged == old ? old : merged with { FieldsPostedAt = Later(old.FieldsPostedAt, write.ReceivedAt) };
    }

    private Case Merge(Case old, Client client, LeadPost post, LawRulerSettings settings, LeadWrite write, LawRulerConnection connection, List<string> warnings)
    {
        var created = LawRulerTime.Read(post["Created Date"], settings.TimeZone);
        if (post["Created Date"] is not null && created is null)
        {
            warnings.Add("Created Date is no date and was not used.");
        }

        var onlyBlanks = write.FillsBlanks(old.FieldsPostedAt);
        var merged = old with
        {
            ClientId = client.Id,
            CaseType = Lay(old.CaseType, post["Case Type"], onlyBlanks),
            CaseTypeId = Lay(old.CaseTypeId, post["Case Type ID"], onlyBlanks),
            Description = Lay(old.Description, post["Description"], onlyBlanks),
            ExternalCreatedAt = onlyBlanks ? old.ExternalCreatedAt ?? created : created ?? old.ExternalCreatedAt,
            CampaignId = write.Campaign ?? old.CampaignId,
            Fields = old.Fields.With(post.Others.Where(other => !onlyBlanks || !old.Fields.Values.ContainsKey(other.Key)), MaxFieldCharacters, out var left),
        };
        if (left.Count > 0)
        {
            warnings.Add($"{left.Count} of the other fields are too large for the case; they are kept with the request alone.");
        }

        // The client's names, not the post's: one that came blank is still known.
        var person = client.FullName ?? string.Join(' ', new[] { client.FirstName, client.LastName }.Where(part => part is not null));
        merged = merged with { Name = person.Length > 0 ? string.Join(" – ", new[] { person, merged.CaseType }.Where(part => part is not null)) : old.Name };
        merged = merged == old ? old : merged with { FieldsPostedAt = Later(old.FieldsPostedAt, write.ReceivedAt) };
        return post["Status"] is not { } status || (write.OnlyBlanks && old.Status is not null) ? merged
            : write.IsImport ? Imported(merged, status, post["Status ID"], write, connection, warnings)
            : write.ReceivedAt < old.StatusPostedAt ? merged
            : Observed(merged, status, post["Status ID"], write, connection, warnings);
    }

    // A file tells what Law Ruler had when somebody made it. It is not Law Ruler speaking: what the CRM is known to have stays, and so does what Kayse is about to write.
    private static Case Imported(Case old, string status, string? statusId, LeadWrite write, LawRulerConnection connection, List<string> warnings)
    {
        var isNewer = old.StatusAt > write.ReceivedAt || old.StatusPostedAt > write.ReceivedAt || old.StatusByKayse is { State: KayseStatusState.Due or KayseStatusState.Queued };
        if (old.Status is null || StatusMapping.Same(old.Status, status) || (!isNewer && connection.Toggles.SyncCaseStatuses))
        {
            return StatusSync.Change(old, status, statusId, LawRulerConnections.Crm, write.ReceivedAt);
        }

        warnings.Add(isNewer ? "Status is older than the case's and was not used." : "Sync case statuses is off: the case's status was not changed.");
        return old;
    }

    private Case Observed(Case merged, string status, string? statusId, LeadWrite write, LawRulerConnection connection, List<string> warnings)
    {
        var setAt = write.StatusSetAt < write.ReceivedAt ? write.StatusSetAt.Value : write.ReceivedAt;
        var observed = statuses.Observe(merged, new CrmStatus(status, statusId, setAt, write.ReceivedAt), connection);
        if (!connection.Toggles.SyncCaseStatuses && !StatusMapping.Same(observed.Status, status))
        {
            warnings.Add("Sync case statuses is off: the case's status was not changed.");
        }

        return observed;
    }
}

/// <summary>How a lead is laid over its case.</summary>
/// <param name="ReceivedAt">When its data came: older data has no say in the status.</param>
/// <param name="Campaign">The campaign to associate, or null.</param>
/// <param name="OnlyBlanks">True to fill in what is not known yet and to leave everything else as it is.</param>
/// <param name="Case">The case, where it is not the one that the Lead ID is tied to.</param>
public sealed record LeadWrite(DateTimeOffset ReceivedAt, string? Campaign = null, bool OnlyBlanks = false, CaseId? Case = null)
{
    /// <summary>When the lead's status was set at the latest, where Law Ruler tells it; else null, and it counts as set when the data came.</summary>
    public DateTimeOffset? StatusSetAt { get; init; }

    /// <summary>True for a row of a file, which says what Law Ruler had and not what it has.</summary>
    public bool IsImport { get; init; }

    /// <summary>True where data that came later is newer: of it only blanks are filled in.</summary>
    public bool KeepsNewer { get; init; }

    /// <summary>True for what a sync read: the lists' rules are applied only where it changed something.</summary>
    public bool IsSync { get; init; }

    /// <summary>What a sync read.</summary>
    /// <param name="askedAt">When it asked.</param>
    public static LeadWrite OfSync(DateTimeOffset askedAt) => new(askedAt) { KeepsNewer = true, IsSync = true };

    /// <summary>True when it may fill in blanks alone.</summary>
    /// <param name="newest">When the newest data came.</param>
    public bool FillsBlanks(DateTimeOffset? newest) => OnlyBlanks || (KeepsNewer && ReceivedAt < newest);
}
