using System.Text.Json;

namespace Kayse.Tests.Torture;

/// <summary>One of the events that the torture of webhooks sends: its type, campaign and case follow from its number.</summary>
internal sealed record WebhookEvent(int Number)
{
    public const string AutoAccident = "Auto Accident";
    public const string Spring = "camp_spring";

    // None that a CRM reacts to.
    private static readonly string[] s_types =
        ["task_completed", "form_submitted", "message_sent", "message_delivered", "matter.created", "document.approved", "call_started", "transfer_started"];

    public string Id => $"evt_hook_{Number}";

    public string Type => s_types[Number % s_types.Length];

    public string CaseType => Number % 3 == 0 ? AutoAccident : "Slip and Fall";

    /// <summary>Its campaign; events of calls alone have one.</summary>
    public string? Campaign => Type is not ("call_started" or "transfer_started") ? null : Number / s_types.Length % 2 == 0 ? Spring : "camp_fall";

    public JsonElement Envelope() => JsonSerializer.SerializeToElement(new
    {
        id = Id,
        type = Type,
        occurredAt = "2026-11-20T15:05:10Z",
        companyId = WebhookWorld.Company,
        @case = new { id = $"case_{Number}", caseType = CaseType },
        data = Campaign is null ? (object)new { number = Number } : new { number = Number, campaign = new { id = Campaign } },
    });
}
