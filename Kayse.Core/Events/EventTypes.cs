namespace Kayse.Core.Events;

/// <summary>The platform's event types. An unknown type is stored and delivered too: the catalogue grows.</summary>
public static class EventTypes
{
    /// <summary>A campaign call finished; its analysis may follow.</summary>
    public const string CallEnded = "call_ended";

    /// <summary>Transcript and summary of a call are ready.</summary>
    public const string CallAnalyzed = "call_analyzed";

    /// <summary>A matter was opened in Kayse.</summary>
    public const string MatterCreated = "matter.created";

    /// <summary>A document was approved.</summary>
    public const string DocumentApproved = "document.approved";

    /// <summary>A form was submitted; one of the kind <c>intake</c> completes the intake.</summary>
    public const string FormSubmitted = "form_submitted";

    /// <summary>A case's status changed, here or in a CRM.</summary>
    public const string CaseStatusChanged = "case_status_changed";

    /// <summary>A webhook has failed for long; Kayse tells the firm's other webhooks.</summary>
    public const string WebhookFailing = "webhook.failing";

    /// <summary>A connection to a CRM needs an admin: Kayse tells the firm's webhooks.</summary>
    public const string IntegrationFailing = "integration.failing";

    /// <summary>The events that Kayse itself raises about a firm's set-up.</summary>
    public static IReadOnlyList<string> OfKayse { get; } = [WebhookFailing, IntegrationFailing];

    /// <summary>The events of a call: those that have a campaign.</summary>
    public static IReadOnlyList<string> Calls { get; } =
        ["call_started", CallEnded, CallAnalyzed, "transcript_updated", "transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended"];

    /// <summary>The events of a message.</summary>
    public static IReadOnlyList<string> Messages { get; } = ["message_sent", "message_delivered"];

    /// <summary>The events of a document.</summary>
    public static IReadOnlyList<string> Documents { get; } = [DocumentApproved, "document_uploaded"];

    /// <summary>The types that are known, in the order of the documentation.</summary>
    public static IReadOnlyList<string> Known { get; } =
        [.. Calls, .. Messages, "task_completed", FormSubmitted, MatterCreated, .. Documents, CaseStatusChanged];

    /// <summary>True for the completion of an intake.</summary>
    public static bool IsIntake(PlatformEvent platformEvent)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        return platformEvent.Type == FormSubmitted && JsonText.Property(platformEvent.Data, "form") is { } form && JsonText.Text(form, "kind") == "intake";
    }
}
