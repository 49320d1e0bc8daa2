using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Adds a note to a lead, once: it is found again by its last line.</summary>
public sealed class LawRulerNotes(LawRulerClient client, LawRulerListing listing, OwnWrites own, OnceInLawRuler once)
{
    /// <summary>Makes one attempt.</summary>
    public Task<StepOutcome> AddAsync(LawRulerTarget target, StepAttempt attempt, LawRulerNote note, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(note);
        return once.RunAsync(
            target, attempt, () => LookAsync(target, note, cancellationToken), static () => Task.FromResult<StepOutcome?>(null), () => WriteAsync(target, note, cancellationToken), cancellationToken);
    }

    private Task<Look> LookAsync(LawRulerTarget target, LawRulerNote note, CancellationToken cancellationToken) =>
        target.Settings.NoteTransport == LawRulerTransport.KeyApi
            ? Task.FromResult(Look.Impossible)
            : listing.FindAsync(target.Session, target.Settings.GetNotesPath, target.Lead, item => LastLine(item) == note.Marker, ["NoteId", "Id"], cancellationToken);

    private async Task<LawRulerReply> WriteAsync(LawRulerTarget target, LawRulerNote note, CancellationToken cancellationToken)
    {
        if (target.Settings.NoteTransport == LawRulerTransport.KeyApi)
        {
            var form = target.Settings.OverrideParameters.Select(name => KeyValuePair.Create(name, "true"))
                .Prepend(KeyValuePair.Create("LeadID", target.Lead.ToString()))
                .Append(KeyValuePair.Create("Conversation", CampaignForm.Encode(note.Text)));
            return await client.PostKeyPageAsync(target.Session, target.Settings.CampaignPath, form, cancellationToken);
        }

        var json = Json(target, note);
        var reply = await client.CallApiAsync(target.Session, HttpMethod.Post, target.Settings.AddNotePath, () => JsonContent(json), isUpload: false, cancellationToken);
        await own.RecordNoteAsync(target.Company.Id, reply, cancellationToken);
        return reply;
    }

    private static ByteArrayContent JsonContent(byte[] json)
    {
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }

    private static byte[] Json(LawRulerTarget target, LawRulerNote note)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (long.TryParse(target.Lead.ToString(), CultureInfo.InvariantCulture, out var number))
            {
                writer.WriteNumber("LeadId", number);
            }
            else
            {
                writer.WriteString("LeadId", target.Lead.ToString());
            }

            writer.WriteString("Category", note.Category);
            writer.WriteString("Title", note.Title);
            writer.WriteString("Text", note.Text);
            writer.WriteString("CreateDate", LawRulerTime.Write(note.At, target.Settings.TimeZone));
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string? LastLine(JsonElement item) => (JsonText.Text(item, "Text") ?? JsonText.Text(item, "Note"))?.TrimEnd().Split('\n')[^1].Trim();
}

/// <summary>A note for a lead.</summary>
/// <param name="Category">Its category in Law Ruler.</param>
/// <param name="Title">Its title.</param>
/// <param name="Text">Its text, whose last line is the marker.</param>
/// <param name="Marker">The line by which it is found again.</param>
/// <param name="At">When what it tells happened.</param>
public sealed record LawRulerNote(string Category, string Title, string Text, string Marker, DateTimeOffset At);
