using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Adds one of the two notes of a call to the lead, once.</summary>
public sealed class NoteStep(LawRulerNotes notes)
{
    /// <summary>The step of the analysis summary.</summary>
    public const string Summary = "note_summary";

    /// <summary>The step of the full transcript.</summary>
    public const string Transcript = "note_transcript";

    /// <summary>Makes one attempt.</summary>
    public Task<StepOutcome> RunAsync(LawRulerCall call, StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(attempt);
        var isSummary = attempt.Step == Summary;
        if (!call.Toggles.SendCallRecords)
        {
            return Task.FromResult(StepOutcome.Skipped("Send call records is off."));
        }

        if (!isSummary && (!call.Call.Successful || call.Call.Transcript.Count == 0))
        {
            return Task.FromResult(StepOutcome.Skipped(call.Call.Successful ? "The call has no transcript." : "Only a successful call's full transcript is sent."));
        }

        var category = call.Settings.NoteCategory;
        var note = isSummary
            ? new LawRulerNote(category, CallTexts.SummaryTitle, CallTexts.SummaryNote(call.Call, call.Settings), CallTexts.Marker(call.Call.Id, "summary"), call.Call.End)
            : new LawRulerNote(category, CallTexts.TranscriptTitle, CallTexts.TranscriptNote(call.Call), CallTexts.Marker(call.Call.Id, "transcript"), call.Call.End.AddSeconds(1));
        return notes.AddAsync(call, attempt, note, cancellationToken);
    }
}
