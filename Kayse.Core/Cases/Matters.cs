using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases;

/// <summary>
/// Keeps what the platform's events tell of a firm's matters: the case and the client, made where Kayse does not have them yet, and what the client submitted. It is kept whether
/// or not a CRM is connected, so that a matter can be sent to one later.
/// </summary>
public sealed class Matters(CaseStore cases, AutoAdd autoAdd, IEntityStore store, IBlobStore blobs, TimeProvider clock)
{
    /// <summary>The source of cases that began in Kayse.</summary>
    public const string Kayse = "kayse";

    private const string Row = "details";
    private const int MaxText = 300;
    private const int MaxUrl = 1000;

    private readonly EntityTable<MatterDetails> _details = new(store, Tables.Cases, static () => KayseJson.Default.MatterDetails);

    /// <summary>What is known of a case's matter; without anything where no event told of it.</summary>
    public async Task<MatterDetails> FindAsync(CompanyId company, CaseId id, CancellationToken cancellationToken) => (await LoadAsync(company, id, cancellationToken)).Details;

    /// <summary>What the client answered.</summary>
    public async Task<IReadOnlyList<ClientAnswer>> AnswersAsync(CompanyId company, CaseId id, CancellationToken cancellationToken) =>
        (await LoadAsync(company, id, cancellationToken)).Submitted.Current();

    /// <summary>The platform's id of the matter that an event is about, or null.</summary>
    public static string? MatterIdOf(PlatformEvent platformEvent)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        return JsonText.Property(platformEvent.Data, "matter") is { } matter && JsonText.Text(matter, "id") is { } id && Ids.IsValid(id) ? id : null;
    }

    /// <summary>Takes in what an event tells; it may be repeated.</summary>
    /// <param name="platformEvent">The event.</param>
    /// <param name="known">The case, where the caller knows it by a way of its own; else null.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The case, or null where the event says of none.</returns>
    public async Task<Case?> KeepAsync(PlatformEvent platformEvent, Case? known, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        var matterId = MatterIdOf(platformEvent);
        // A matter that is tied to a case stays that one's, whatever other case an event names with it: it is to be one matter in a CRM too.
        var matter = (matterId is null ? null : await cases.FindAsync(platformEvent.CompanyId, Kayse, matterId, cancellationToken))
            ?? known ?? await FindCaseAsync(platformEvent, cancellationToken) ?? await AddCaseAsync(platformEvent, matterId, cancellationToken);
        if (matter is null)
        {
            return null;
        }

        if (matterId is not null && await cases.TieAsync(platformEvent.CompanyId, Kayse, matterId, matter.Id, cancellationToken) is var tied && tied != matter.Id)
        {
            matter = await cases.FindAsync(platformEvent.CompanyId, tied, cancellationToken) ?? matter;
        }

        if (JsonText.Property(platformEvent.Data, "client") is { } client)
        {
            await cases.ChangeAsync(platformEvent.CompanyId, matter.ClientId, old => Merge(old ?? NewClient(matter.ClientId, matter.ExternalSource), client, platformEvent.OccurredAt), cancellationToken);
        }

        await KeepDetailsAsync(platformEvent, matter.Id, matterId, cancellationToken);
        var (_, after) = await cases.ChangeAsync(platformEvent.CompanyId, matter.Id, old => Merge(old ?? matter, platformEvent), cancellationToken);
        return after;
    }

    private async Task<Case?> FindCaseAsync(PlatformEvent platformEvent, CancellationToken cancellationToken)
    {
        var company = platformEvent.CompanyId;
        var (given, found) = (platformEvent.Case, (Case?)null);
        if (given?.Id is { } text && CaseId.TryParse(text, null, out var id))
        {
            found = await cases.FindAsync(company, id, cancellationToken);
        }

        if (found is null && given is { ExternalSource: { } source, ExternalSourceId: { } externalId })
        {
            found = await cases.FindAsync(company, source, externalId, cancellationToken);
        }

        return found;
    }

    private async Task<Case?> AddCaseAsync(PlatformEvent platformEvent, string? matterId, CancellationToken cancellationToken)
    {
        var (company, given) = (platformEvent.CompanyId, platformEvent.Case);
        var isCrms = given is { ExternalSource: not null, ExternalSourceId: not null };
        if (!isCrms && matterId is null)
        {
            return null;
        }

        var (source, externalId) = isCrms ? (given!.ExternalSource!, given.ExternalSourceId!) : (Kayse, matterId!);
        var id = await cases.CaseIdAsync(company, source, externalId, cancellationToken);
        // As the CRM's own post would name it: it fills in this client.
        var clientId = await cases.ClientIdAsync(company, source, isCrms ? $"of-lead-{externalId}" : $"of-matter-{externalId}", cancellationToken);
        await cases.ChangeAsync(company, clientId, old => old ?? NewClient(clientId, source), cancellationToken);
        var rules = isCrms ? await autoAdd.RulesAsync(company, cancellationToken) : [];
        var (_, after) = await cases.ChangeAsync(
            company,
            id,
            old => old ?? new Case
            {
                Id = id,
                ClientId = clientId,
                ExternalSource = source,
                ExternalSourceId = externalId,
                CreatedAt = clock.GetUtcNow(),
                FirstListsDue = rules.Any(rule => rule is { Enabled: true, OnlyOnFirstSync: true }),
            },
            cancellationToken);
        return after;
    }

    private async Task KeepDetailsAsync(PlatformEvent platformEvent, CaseId id, string? matterId, CancellationToken cancellationToken)
    {
        var partition = Partition(platformEvent.CompanyId, id);
        while (true)
        {
            var row = await _details.GetAsync(partition, Row, cancellationToken);
            var old = row?.Value ?? new MatterDetails();
            var known = (old.Submitted is { } name ? await ReadAsync(name, cancellationToken) : null) ?? MatterSubmission.None;
            var (before, submitted) = (Bytes(known), known.With(platformEvent));
            var answers = submitted.Current();
            var after = Bytes(submitted);
            var blob = after.AsSpan().SequenceEqual(before) ? old.Submitted : await WriteAsync(platformEvent.CompanyId, id, after, cancellationToken);
            var changed = Merge(old, platformEvent, matterId) with { Submitted = blob, AnswersHash = answers.Count == 0 ? null : ClientAnswers.Hash(answers) };
            if (row is null ? await _details.InsertAsync(partition, Row, changed, cancellationToken) : await _details.ReplaceAsync(partition, row, changed, cancellationToken))
            {
                await DeleteAsync(blob == old.Submitted ? null : old.Submitted, cancellationToken);
                return;
            }

            await DeleteAsync(blob == old.Submitted ? null : blob, cancellationToken);
        }
    }

    private static MatterDetails Merge(MatterDetails old, PlatformEvent platformEvent, string? matterId)
    {
        var isNewer = platformEvent.OccurredAt >= old.ToldAt;
        var matter = JsonText.Property(platformEvent.Data, "matter") ?? default;
        var url = Text(matter, "portalUrl", MaxUrl);
        return old with
        {
            MatterId = old.MatterId ?? matterId,
            Title = Lay(old.Title, Text(matter, "title", MaxText), isNewer),
            PracticeArea = Lay(old.PracticeArea, Text(matter, "practiceArea", MaxText), isNewer),
            PortalUrl = Lay(old.PortalUrl, Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? url : null, isNewer),
            ToldAt = isNewer ? platformEvent.OccurredAt : old.ToldAt,
            IntakeAt = EventTypes.IsIntake(platformEvent) && !(old.IntakeAt > platformEvent.OccurredAt) ? platformEvent.OccurredAt : old.IntakeAt,
        };
    }

    // What a CRM has said of its own case stays; Kayse's own is as the newest event says.
    private static Case Merge(Case old, PlatformEvent platformEvent)
    {
        var isNewest = old.ExternalSource == Kayse && !(old.FieldsPostedAt > platformEvent.OccurredAt);
        var matter = JsonText.Property(platformEvent.Data, "matter") ?? default;
        return old with
        {
            CaseType = Lay(old.CaseType, platformEvent.Case?.CaseType?.Trim() is { Length: > 0 } type ? type : null, isNewest),
            Name = Lay(old.Name, Text(matter, "title", MaxText), isNewest),
            FieldsPostedAt = isNewest ? platformEvent.OccurredAt : old.FieldsPostedAt,
        };
    }

    private Client NewClient(ClientId id, string source) => new() { Id = id, ExternalSource = source, CreatedAt = clock.GetUtcNow() };

    private static Client Merge(Client old, JsonElement given, DateTimeOffset at)
    {
        var isNewest = old.ExternalSource == Kayse && !(old.FieldsPostedAt > at);
        var phone = Text(given, "phone", MaxText);
        return old with
        {
            FirstName = Lay(old.FirstName, Text(given, "firstName", MaxText), isNewest),
            LastName = Lay(old.LastName, Text(given, "lastName", MaxText), isNewest),
            Email = Lay(old.Email, Text(given, "email", MaxText), isNewest),
            Phone = Lay(old.Phone, PhoneNumber.Normalize(phone) ?? phone, isNewest),
            FieldsPostedAt = isNewest ? at : old.FieldsPostedAt,
        };
    }

    private static string? Lay(string? old, string? came, bool isStronger) => isStronger ? came ?? old : old ?? came;

    /// <summary>A line of text of an event's; null where there is none that is no longer than so.</summary>
    internal static string? Text(JsonElement json, string name, int most)
    {
        var text = JsonText.Text(json, name)?.Trim();
        return string.IsNullOrEmpty(text) || text.Any(char.IsControl) ? null : text.Length <= most ? text : null;
    }

    private async Task<(MatterDetails Details, MatterSubmission Submitted)> LoadAsync(CompanyId company, CaseId id, CancellationToken cancellationToken)
    {
        while (await _details.GetAsync(Partition(company, id), Row, cancellationToken) is { Value: var details })
        {
            if (details.Submitted is { } name && await ReadAsync(name, cancellationToken) is { } submitted)
            {
                return (details with { Documents = submitted.Documents }, submitted);
            }

            if ((await _details.GetAsync(Partition(company, id), Row, cancellationToken))?.Value.Submitted == details.Submitted)
            {
                return (details, MatterSubmission.None);
            }

            // Something newer came between: it is in another blob.
        }

        return (new MatterDetails(), MatterSubmission.None);
    }

    private async Task<MatterSubmission?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var blob = await blobs.OpenAsync(name, cancellationToken);
        return blob is null ? null : await JsonSerializer.DeserializeAsync(blob.Content, KayseJson.Default.MatterSubmission, cancellationToken);
    }

    private async Task<string> WriteAsync(CompanyId company, CaseId id, byte[] submitted, CancellationToken cancellationToken)
    {
        var name = $"{company}/answers/{id}/{Ids.New("ans", clock)}";
        await blobs.CreateAsync(name, "application/json", new MemoryStream(submitted), cancellationToken);
        return name;
    }

    private static byte[] Bytes(MatterSubmission submitted) => JsonSerializer.SerializeToUtf8Bytes(submitted, KayseJson.Default.MatterSubmission);

    private async Task DeleteAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            await blobs.DeleteAsync(name, cancellationToken);
        }
    }

    private static string Partition(CompanyId company, CaseId id) => Partitions.Of(company, $"matter-{id}");
}
