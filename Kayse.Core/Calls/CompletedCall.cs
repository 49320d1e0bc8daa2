using System.Text.Json;
using Kayse.Core.Events;

namespace Kayse.Core.Calls;

/// <summary>
/// A finished AI call as an event tells it (<c>call_analyzed</c>, or <c>call_ended</c> without an analysis). Everything but the id may be missing.
/// </summary>
/// <param name="Id">The voice platform's id.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="Successful">True when the analysis says so.</param>
/// <param name="Summary">The analysis' summary, or null.</param>
/// <param name="DisconnectionReason">Why the line went dead, or null.</param>
/// <param name="RecordingUrl">Where the recording is, or null.</param>
/// <param name="ToNumber">The number that was called, or null.</param>
/// <param name="ToNumberIsEnriched">True when that number came from enrichment.</param>
/// <param name="Transcript">What was said, in order.</param>
/// <param name="CustomData">The analysis' own data: every key that begins with <c>_custom</c>, in order.</param>
/// <param name="Campaign">The campaign, or null.</param>
/// <param name="Status">The status that the call leads to, or null.</param>
/// <param name="ClientFirstName">The client's first name as the event gives it, or null.</param>
/// <param name="CampaignOptedOut">The client wants no more calls of this campaign.</param>
/// <param name="VoiceCallsOptedOut">The client wants no more calls.</param>
/// <param name="WrongNumber">Somebody else was reached.</param>
public sealed record CompletedCall(
    CallId Id,
    DateTimeOffset Start,
    DateTimeOffset End,
    bool Successful,
    string? Summary,
    string? DisconnectionReason,
    string? RecordingUrl,
    string? ToNumber,
    bool ToNumberIsEnriched,
    IReadOnlyList<Utterance> Transcript,
    IReadOnlyList<CustomDatum> CustomData,
    CallCampaign? Campaign,
    string? Status,
    string? ClientFirstName,
    bool CampaignOptedOut,
    bool VoiceCallsOptedOut,
    bool WrongNumber)
{
    /// <summary>Reads the call out of an event that <see cref="PlatformEventReader"/> has checked.</summary>
    public static CompletedCall From(PlatformEvent platformEvent)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        var data = platformEvent.Data;
        var call = data.GetProperty("call");
        var analysis = JsonText.Property(call, "call_analysis") ?? default;
        var end = JsonText.UnixMilliseconds(call, "end_timestamp") ?? platformEvent.OccurredAt;
        return new CompletedCall(
            CallId.Parse(JsonText.Text(call, "call_id")!),
            JsonText.UnixMilliseconds(call, "start_timestamp") ?? end,
            end,
            JsonText.IsTrue(analysis, "call_successful"),
            JsonText.Text(analysis, "call_summary"),
            JsonText.Text(call, "disconnection_reason"),
            JsonText.Text(call, "recording_url"),
            JsonText.Text(call, "to_number"),
            JsonText.Text(call, "to_number_source") == "enrichment",
            Utterance.ReadAll(call),
            CustomDatum.ReadAll(analysis),
            CallCampaign.Read(data),
            JsonText.Text(data, "status"),
            JsonText.Property(data, "client") is { } client ? JsonText.Text(client, "firstName") : null,
            JsonText.IsTrue(data, "campaign_opted_out"),
            JsonText.IsTrue(data, "voice_calls_opted_out"),
            JsonText.IsTrue(data, "wrong_number"));
    }
}

/// <summary>The campaign a call belongs to.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it is called, or null.</param>
public sealed record CallCampaign(string Id, string? Name)
{
    /// <summary>The campaign in an event's data, or null.</summary>
    public static CallCampaign? Read(JsonElement data) =>
        JsonText.Property(data, "campaign") is { } campaign && JsonText.Text(campaign, "id") is { Length: > 0 } id ? new CallCampaign(id, JsonText.Text(campaign, "name")) : null;
}
