using System.Text.Json.Serialization;
using Kayse.Sandbox.LawRuler.Webhooks;
using Kayse.Sandbox.Webhooks;

namespace Kayse.Sandbox.LawRuler;

/// <summary>One firm's Law Ruler. Touched only inside <see cref="State.SandboxState"/>'s lock.</summary>
internal sealed class Portal
{
    private const long FirstLeadId = 720_000;
    private const long FirstContactId = 90_000;

    public required string Root { get; init; }

    public required PortalSettings Settings { get; set; }

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public SortedDictionary<long, Lead> Leads { get; } = [];

    /// <summary>The bearer tokens that live, with their ends.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public Dictionary<string, DateTimeOffset> Tokens { get; } = [];

    public long LastNoteId { get; set; } = 30_000;

    public long LastDocumentId { get; set; } = 50_000;

    [JsonIgnore]
    public RateLimiter Limiter { get; } = new();

    [JsonIgnore]
    public WebhookOutbox<WebhookPost, WebhookDelivery> Outbox { get; } = new();

    [JsonIgnore]
    public PortalOptions Options => Settings.Options;

    [JsonIgnore]
    public IReadOnlyList<NamedId> Statuses =>
        Options.DuplicateStatusNames ? [.. Settings.Statuses, PortalSeed.DuplicateStatus] : Settings.Statuses;

    /// <summary>A status's name without the stars that only the Advanced API shows.</summary>
    public static string Plain(string name) => name.TrimEnd('*').TrimEnd();

    public NamedId? StatusNamed(string name) =>
        Statuses.FirstOrDefault(s => Plain(s.Name).Equals(Plain(name.Trim()), StringComparison.OrdinalIgnoreCase));

    public NamedId? CaseTypeNamed(string name) =>
        Settings.CaseTypes.FirstOrDefault(c => c.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));

    public Lead? FindLead(string? id) =>
        long.TryParse(id?.Trim(), out var number) ? Leads.GetValueOrDefault(number) : null;

    public void Put(Lead lead) => Leads[lead.Id] = lead;

    public long NextLeadId() => Math.Max(FirstLeadId, Leads.Count == 0 ? 0 : Leads.Keys.Last()) + 1;

    public long NextContactId() => Math.Max(FirstContactId, Leads.Values.Select(l => l.ContactId).DefaultIfEmpty().Max()) + 1;

    public LeadNote AddNote(Lead lead, string category, string title, string text, DateTimeOffset createdAt, DateTimeOffset now)
    {
        var note = new LeadNote(++LastNoteId, category, title, text, createdAt, now);
        lead.Notes.Add(note);
        lead.UpdatedAt = now;
        return note;
    }

    /// <summary>Keeps a document, or only says so: some names are accepted and never seen again.</summary>
    public long AddDocument(Lead lead, string folder, Traffic.FilePart file, IReadOnlyDictionary<string, string> metadata, DateTimeOffset now)
    {
        var id = ++LastDocumentId;
        if (!DocumentName.IsSilentlyDropped(file.FileName))
        {
            lead.Folders.Add(folder);
            lead.Documents.Add(new(id, folder, file.FileName, file.Size, file.Sha256, file.FormName, metadata, now));
            lead.UpdatedAt = now;
        }

        return id;
    }
}
