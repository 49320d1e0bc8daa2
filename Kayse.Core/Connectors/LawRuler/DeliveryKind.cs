using Kayse.Core.Events;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A kind of thing that goes to Law Ruler on events of its own.</summary>
/// <param name="Step">The step that sends it; also its name in an event's data, and how its workflow's id begins.</param>
/// <param name="Connector">The name of the reaction to its events.</param>
/// <param name="Events">The types of these events.</param>
/// <param name="IsOn">The toggle.</param>
/// <param name="Off">What there is to say while the toggle is off.</param>
public sealed record DeliveryKind(string Step, string Connector, IReadOnlyList<string> Events, Func<LawRulerToggles, bool> IsOn, string Off)
{
    /// <summary>Messages: notes.</summary>
    public static DeliveryKind Message { get; } = new(MessageStep.Name, "lawruler-messages", EventTypes.Messages, toggles => toggles.SendMessages, MessageStep.Off);

    /// <summary>Documents: uploads.</summary>
    public static DeliveryKind Document { get; } = new(DocumentStep.Name, "lawruler-documents", EventTypes.Documents, toggles => toggles.SendDocuments, DocumentStep.Off);

    /// <summary>Both.</summary>
    public static IReadOnlyList<DeliveryKind> All { get; } = [Message, Document];

    /// <summary>Its events of cases.</summary>
    public EventConcern Concern => new(Connector, item => Events.Contains(item.Type) && item.Case is not null);

    /// <summary>The workflow that sends an event's message or document, once however many events tell of it; null when the event names none.</summary>
    public string? WorkflowOf(PlatformEvent platformEvent)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        return JsonText.Property(platformEvent.Data, Step) is { } item && JsonText.Text(item, "id") is { } id && Ids.IsValid(id) ? $"{Step}.{id}" : null;
    }
}
