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
    private const int MaxDocuments = 20;

    private readonly EntityTable<MatterDetails> _details = new(store, Tables.Cases, KayseJson.Default.MatterDetails);

    /// <summary>What is known of a case's matter; without anything where no event told of it.</summary>
    public async Task<MatterDetails> FindAsync(CompanyId company, CaseId id, CancellationToken cancellationToken) =>
        (await _details.GetAsync(Partition(company, id), Row, cancellationToken))?.Value ?? new MatterDetails();

    /// <summary>What the client answered.</summary>
    public async Task<IReadOnlyList<ClientAnswer>> AnswersAsync(CompanyId company, CaseId id, CancellationToken cancellationToken)
    {
        while (await FindAsync(company, id, cancellationToken) is { Answers: { } name })
        {
            if (await ReadAsync(name, cancellationToken) is { } answers)
            {
                return answers;
            }

            if ((await FindAsync(company, id, cancellationToken)).Answers == name)
            {
                break;
            }

            // Newer answers came between: they are in another blob.
        }

        return [];
    }

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
        var matter = known ?? await FindCaseAsync(platformEvent, matterId, cancellationToken) ?? await AddCaseAsync(platformEvent, matterId, cancellationToken);
        if (matter is null)
        {
            return null;
        }

        if (matterId is not null)
        {
            await cases.TieAsync(platformEvent.CompanyId, Kayse, matterId, matter.Id, cancellationToken);
        }

        if (JsonText.Property(platformEvent.Data, "client") is { } client)
        {
            await cases.ChangeAsync(platformEvent.CompanyId, matter.ClientId, old => Merge(old ?? NewClient(matter.ClientId, matter.ExternalSource), client), cancellationToken);
        }

        await KeepDetailsAsync(platformEvent, matter.Id, matterId, cancellationToken);
        var (_, after) = await cases.ChangeAsync(platformEvent.CompanyId, matter.Id, old => Merge(old ?? matter, platformEvent), cancellationToken);
        return after;
    }

    private async Task<Case?> FindCaseAsync(PlatformEvent platformEvent, string? matterId, CancellationToken cancellationToken)
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

        return found ?? (matterId is null ? null : await cases.FindAsync(company, Kayse, matterId, cancellationToken));
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
            var known = old.Answers is { } name ? await ReadAsync(name, cancellationToken) ?? [] : [];
            var answers = ClientAnswers.Merge(known, platformEvent.Data);
            var hash = answers.Count == 0 ? null : ClientAnswers.Hash(answers);
            var blob = hash == old.AnswersHash ? old.Answers : await WriteAsync(platformEvent.CompanyId, id, answers, cancellationToken);
            var changed = Merge(old, platformEvent, matterId) with { Answers = blob, AnswersHash = hash };
            if (row is null ? await _details.InsertAsync(partition, Row, changed, cancellationToken) : await _details.ReplaceAsync(partition, row, changed, cancellationToken))
            {
                await DeleteAsync(blob == old.Answers ? null : old.Answers, cancellationToken);
                return;
            }

            await DeleteAsync(blob == old.Answers ? null : blob, cancellationToken);
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
            Documents = platformEvent.Type == EventTypes.DocumentApproved ? WithDocument(old.Documents, platformEvent) : old.Documents,
        };
    }

    private static IReadOnlyList<ApprovedDocument> WithDocument(IReadOnlyList<ApprovedDocument> known, PlatformEvent platformEvent)
    {
        if (JsonText.Property(platformEvent.Data, "document") is not { } document || JsonText.Text(document, "id") is not { } id || !Ids.IsValid(id))
        {
            return known;
        }

        var approved = new ApprovedDocument(id, Text(document, "name", MaxText) ?? id, Text(document, "contentType", MaxText), Text(document, "url", MaxUrl), platformEvent.OccurredAt);
        return [.. known.Where(one => one.Id != id).TakeLast(MaxDocuments - 1), approved];
    }

    // What a CRM has said of its own case stays; Kayse's own is as the newest event says.
    private static Case Merge(Case old, PlatformEvent platformEvent)
    {
        var isOurs = old.ExternalSource == Kayse;
        var matter = JsonText.Property(platformEvent.Data, "matter") ?? default;
        return old with
        {
            CaseType = Lay(old.CaseType, platformEvent.Case?.CaseType?.Trim() is { Length: > 0 } type ? type : null, isOurs),
            Name = Lay(old.Name, Text(matter, "title", MaxText), isOurs),
        };
    }

    private Client NewClient(ClientId id, string source) => new() { Id = id, ExternalSource = source, CreatedAt = clock.GetUtcNow() };

    private static Client Merge(Client old, JsonElement given)
    {
        var isOurs = old.ExternalSource == Kayse;
        var phone = Text(given, "phone", MaxText);
        return old with
        {
            FirstName = Lay(old.FirstName, Text(given, "firstName", MaxText), isOurs),
            LastName = Lay(old.LastName, Text(given, "lastName", MaxText), isOurs),
            Email = Lay(old.Email, Text(given, "email", MaxText), isOurs),
            Phone = Lay(old.Phone, PhoneNumber.Normalize(phone) ?? phone, isOurs),
        };
    }

    private static string? Lay(string? old, string? came, bool isStronger) => isStronger ? came ?? old : old ?? came;

    private static string? Text(JsonElement json, string name, int most)
    {
        var text = JsonText.Text(json, name)?.Trim();
        return string.IsNullOrEmpty(text) || text.Any(char.IsControl) ? null : text.Length <= most ? text : null;
    }

    private async Task<List<ClientAnswer>?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var blob = await blobs.OpenAsync(name, cancellationToken);
        return blob is null ? null : await JsonSerializer.DeserializeAsync(blob.Content, KayseJson.Default.ListClientAnswer, cancellationToken);
    }

    private async Task<string?> WriteAsync(CompanyId company, CaseId id, IReadOnlyList<ClientAnswer> answers, CancellationToken cancellationToken)
    {
        if (answers.Count == 0)
        {
            return null;
        }

        var name = $"{company}/answers/{id}/{Ids.New("ans", clock)}";
        await blobs.CreateAsync(name, "application/json", new MemoryStream(JsonSerializer.SerializeToUtf8Bytes([.. answers], KayseJson.Default.ListClientAnswer)), cancellationToken);
        return name;
    }

    private async Task DeleteAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            await blobs.DeleteAsync(name, cancellationToken);
        }
    }

    private static string Partition(CompanyId company, CaseId id) => Partitions.Of(company, $"matter-{id}");
}
