using Kayse.Core.Events;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Adds a message to the lead as a note, once: Law Ruler shows messages of others under Notes alone, not in its tabs for SMS and e-mail.</summary>
public sealed class MessageStep(LawRulerNotes notes)
{
    /// <summary>The step's name.</summary>
    public const string Name = "message";

    /// <summary>What there is to say while the toggle is off.</summary>
    public const string Off = "Send messages is off.";

    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(LawRulerTarget target, PlatformEvent platformEvent, StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (!target.Toggles.SendMessages)
        {
            return StepOutcome.Skipped(Off);
        }

        var message = SentMessage.From(platformEvent);
        var note = new LawRulerNote(
            target.Settings.MessageCategory, MessageTexts.Title(message), MessageTexts.Note(message, target), MessageTexts.Marker(message.Id), message.SentAt);
        return await notes.AddAsync(target, attempt, note, cancellationToken);
    }
}
