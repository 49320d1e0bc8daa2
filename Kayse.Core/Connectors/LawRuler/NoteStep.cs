using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Adds one of the two notes of a call to the lead, once.</summary>
public sealed class NoteStep(LawRulerClient client, LawRulerListing listing, OwnNotes own, OnceInLawRuler once)
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

        var note = isSummary
            ? new Note(CallTexts.SummaryTitle, CallTexts.SummaryNote(call.Call, call.Settings), CallTexts.Marker(call.Call.Id, "summary"), call.Call.End)
            : new Note(CallTexts.TranscriptTitle, CallTexts.TranscriptNote(call.Call), CallTexts.Marker(call.Call.Id, "transcript"), call.Call.End.AddSeconds(1));
        return once.RunAsync(call, attempt, () => LookAsync(call, note, cancellationToken), static () => Task.FromResult<StepOutcome?>(null), () => WriteAsync(call, note, cancellationToken), cancellationToken);
    }

    private Task<Look> LookAsync(LawRulerCall call, Note note, CancellationToken cancellationToken) =>
        call.Settings.NoteTransport == LawRulerTransport.KeyApi
            ? Task.FromResult(Look.Impossible)
            : listing.FindAsync(call.Session, call.Settings.GetNotesPath, call.Lead, item => LastLine(item) == note.Marker, ["NoteId", "Id"], cancellationToken);

    private async Task<LawRulerReply> WriteAsync(LawRulerCall call, Note note, CancellationToken cancellationToken)
    {
        if (call.Settings.NoteTransport == LawRulerTransport.KeyApi)
        {
            var form = call.Settings.OverrideParameters.Select(name => KeyValuePair.Create(name, "true"))
                .Prepend(KeyValuePair.Create("LeadID", call.Lead.ToString()))
                .Append(KeyValuePair.Create("Conversation", CampaignForm.Encode(note.Text)));
            return await client.PostKeyPageAsync(call.Session, call.Settings.CampaignPath, form, cancellationToken);
        }

        var json = Json(call, note);
        var reply = await client.CallApiAsync(call.Session, HttpMethod.Post, call.Settings.AddNotePath, () => JsonContent(json), isUpload: false, cancellationToken);
        await own.RecordAsync(call.Company.Id, reply, cancellationToken);
        return reply;
    }

    private static ByteArrayContent JsonContent(byte[] json)
    {
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }

    private static byte[] Json(LawRulerCall call, Note note)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (long.TryParse(call.Lead.ToString(), CultureInfo.InvariantCulture, out var number))
            {
                writer.WriteNumber("LeadId", number);
            }
            else
            {
                writer.WriteString("LeadId", call.Lead.ToString());
            }

            writer.WriteString("Category", call.Settings.NoteCategory);
            writer.WriteString("Title", note.Title);
            writer.WriteString("Text", note.Text);
            writer.WriteString("CreateDate", LawRulerTime.Write(note.At, call.Settings.TimeZone));
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string? LastLine(JsonElement item) => (JsonText.Text(item, "Text") ?? JsonText.Text(item, "Note"))?.TrimEnd().Split('\n')[^1].Trim();

    private sealed record Note(string Title, string Text, string Marker, DateTimeOffset At);
}
