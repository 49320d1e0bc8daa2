using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kayse.Sandbox.Lawmatics.Api;
using Kayse.Sandbox.Lawmatics.Forms;
using Kayse.Sandbox.Lawmatics.OAuth;
using Kayse.Sandbox.Lawmatics.Webhooks;
using Kayse.Sandbox.Webhooks;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>One firm's Lawmatics with its one OAuth client. Touched only inside <see cref="State.SandboxState"/>'s lock.</summary>
internal sealed class LawmaticsFirm
{
    public required string ClientId { get; init; }

    public required LawmaticsSettings Settings { get; set; }

    /// <summary>The records, by the path of their kind.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public Dictionary<string, SortedDictionary<long, LawmaticsRecord>> Records { get; } = new(StringComparer.Ordinal);

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<LawmaticsForm> Forms { get; } = [];

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public Dictionary<string, AuthorizationCode> Codes { get; } = new(StringComparer.Ordinal);

    /// <summary>The bearer tokens that live, with their ends; null is without end.</summary>
    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public Dictionary<string, DateTimeOffset?> Tokens { get; } = new(StringComparer.Ordinal);

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public HashSet<string> RefreshTokens { get; } = new(StringComparer.Ordinal);

    public required string WebhookSecret { get; set; }

    /// <summary>The secret before the last one; Lawmatics signs nothing with it any more.</summary>
    public string? PreviousWebhookSecret { get; set; }

    public long LastId { get; set; } = 161_000;

    [JsonIgnore]
    public RateLimiter Limiter { get; } = new();

    [JsonIgnore]
    public WebhookOutbox<LawmaticsPost, LawmaticsDelivery> Outbox { get; } = new();

    /// <summary>What has happened and is still to be told by webhook, oldest first.</summary>
    [JsonIgnore]
    public Queue<LawmaticsEvent> Raised { get; } = new();

    [JsonIgnore]
    public LawmaticsOptions Options => Settings.Options;

    public SortedDictionary<long, LawmaticsRecord> Table(ResourceKind kind)
    {
        if (!Records.TryGetValue(kind.Path, out var table))
        {
            table = Records[kind.Path] = [];
        }

        return table;
    }

    public LawmaticsRecord? Find(ResourceKind kind, long? id) => id is { } known ? Table(kind).GetValueOrDefault(known) : null;

    public LawmaticsRecord? Find(ResourceKind kind, string? id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Find(kind, number) : null;

    /// <summary>The oldest record with that name, letter case apart.</summary>
    public LawmaticsRecord? Named(ResourceKind kind, string name) =>
        Table(kind).Values.FirstOrDefault(r => r.Text("name").Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <summary>A record that is not among the others yet.</summary>
    public LawmaticsRecord Draft(DateTimeOffset now, long? id = null)
    {
        LastId = Math.Max(LastId, id ?? 0);
        var at = Precise(now);
        return new LawmaticsRecord { Id = id ?? ++LastId, CreatedAt = at, UpdatedAt = at };
    }

    public LawmaticsRecord Add(ResourceKind kind, LawmaticsRecord record) => Table(kind)[record.Id] = record;

    public LawmaticsRecord Add(ResourceKind kind, DateTimeOffset now, JsonObject attributes, long? id = null)
    {
        var record = Draft(now, id);
        foreach (var (name, value) in attributes)
        {
            record.Attributes[name] = value?.DeepClone();
        }

        return Add(kind, record);
    }

    public void Raise(string type, string idName, long id) => Raised.Enqueue(new LawmaticsEvent(type, new JsonObject { [idName] = id }));

    /// <summary>A time as the firm's Lawmatics writes it: milliseconds and the firm's offset.</summary>
    public string Time(DateTimeOffset at) =>
        at.ToOffset(TimeSpan.FromHours(Settings.UtcOffsetHours)).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);

    /// <summary>Nothing finer than what is shown is kept, so that a filter finds what it was shown.</summary>
    public static DateTimeOffset Precise(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMillisecond));
}
