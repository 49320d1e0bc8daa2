using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Webhooks;

/// <summary>An event as it is to be posted. The body is fixed at the moment of the event, the signature is made at each try.</summary>
internal sealed record LawmaticsPost
{
    public required string EventId { get; init; }

    public required string EventType { get; init; }

    public required string Body { get; init; }

    public SignatureKind Signature { get; init; } = SignatureKind.Valid;

    /// <summary>Added to the time of the try that the header names; less than -300 is stale.</summary>
    public int TimestampOffsetSeconds { get; init; }

    /// <summary>Leave the header with the event's id out.</summary>
    public bool OmitEventId { get; init; }

    /// <summary>How often it is sent, each time under the same id.</summary>
    public int Repeats { get; init; } = 1;

    public static LawmaticsPost Of(LawmaticsFirm firm, LawmaticsEvent happened, DateTimeOffset now)
    {
        var id = NewId();
        return new() { EventId = id, EventType = happened.Type, Body = Write(id, firm.Settings.FirmId, happened.Type, "v1", now, happened.Data), Repeats = firm.Settings.Webhook.Repeats };
    }

    public static string NewId() => "evt_" + Guid.NewGuid();

    public static string Write(string eventId, long firmId, string type, string version, DateTimeOffset at, JsonObject data) => new JsonObject
    {
        ["event_id"] = eventId,
        ["firm_id"] = firmId,
        ["event_type"] = type,
        ["version"] = version,
        ["timestamp"] = at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        ["data"] = data.DeepClone(),
    }.ToJsonString(SandboxJson.Lawmatics);

    /// <summary>HMAC-SHA256 under the whole secret, its prefix included, over the timestamp, a dot and the body's bytes.</summary>
    public static string Sign(string secret, string timestamp, string body) => "sha256=" + Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(timestamp + "." + body)));

    /// <summary>The headers of a try.</summary>
    public Dictionary<string, string> Headers(string secret, string? previousSecret, DateTimeOffset now)
    {
        var timestamp = now.AddSeconds(TimestampOffsetSeconds).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["X-Lawmatics-Timestamp"] = timestamp };
        if (Signature != SignatureKind.Missing)
        {
            headers["X-Lawmatics-Signature"] = Signature switch
            {
                SignatureKind.Wrong => Sign("whsec_another", timestamp, Body),
                SignatureKind.Previous => Sign(previousSecret ?? secret, timestamp, Body),
                _ => Sign(secret, timestamp, Body),
            };
        }

        if (!OmitEventId)
        {
            headers["X-Lawmatics-Event-Id"] = EventId;
        }

        return headers;
    }
}

/// <summary>What a post is signed with.</summary>
internal enum SignatureKind
{
    /// <summary>The secret that is in force when the try is made.</summary>
    Valid,

    /// <summary>A secret that was never the firm's.</summary>
    Wrong,

    /// <summary>The secret before the last one.</summary>
    Previous,

    /// <summary>Nothing: the header is not there.</summary>
    Missing,
}
