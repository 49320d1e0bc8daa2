using System.Text;
using Kayse.Core.Calls;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>The texts that go to Law Ruler after a call, in the forms of the customer's guide.</summary>
public static class CallTexts
{
    /// <summary>The title of the first note.</summary>
    public const string SummaryTitle = "Call Analysis Summary";

    /// <summary>The title of the second note.</summary>
    public const string TranscriptTitle = "Full Call Transcript";

    /// <summary>The transcript of the campaign call: <c>Agent 00:01 …</c>, <c>Ana 00:09 …</c>.</summary>
    /// <param name="call">The call.</param>
    /// <param name="clientName">The client's first name; <c>Client</c> where it is unknown.</param>
    public static string CampaignTranscript(CompletedCall call, string? clientName)
    {
        ArgumentNullException.ThrowIfNull(call);
        var client = string.IsNullOrWhiteSpace(clientName) ? "Client" : clientName.Trim();
        return string.Join('\n', call.Transcript.Select(turn => $"{(turn.ByAgent ? "Agent" : client)} {(turn.Clock() is { } clock ? $"{clock} " : string.Empty)}{turn.Text}"));
    }

    /// <summary>The transcript of the notes: <c>[AGENT]: …</c>, <c>[CLIENT]: …</c>.</summary>
    public static string NoteTranscript(CompletedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return string.Join('\n', call.Transcript.Select(turn => $"{(turn.ByAgent ? "[AGENT]" : "[CLIENT]")}: {turn.Text}"));
    }

    /// <summary>The last line of a note of a call, by which it is found again.</summary>
    public static string Marker(CallId call, string note) => $"Kayse call {call} ({note})";

    /// <summary>The first note.</summary>
    public static string SummaryNote(CompletedCall call, LawRulerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(settings);
        var text = new StringBuilder(SummaryTitle).Append('\n');
        Section(text, "Call Summary", call.Summary);
        Section(text, "Call Transcription", call.Transcript.Count == 0 ? null : NoteTranscript(call));
        Line(text, "Campaign Opted Out", call.CampaignOptedOut ? settings.Yes : null);
        Line(text, "Voice Calls Opted Out", call.VoiceCallsOptedOut ? settings.Yes : null);
        Line(text, "Wrong Number", call.WrongNumber ? settings.Yes : null);
        Line(text, "Disconnection Reason", call.Successful ? null : call.DisconnectionReason);
        foreach (var datum in call.CustomData)
        {
            Line(text, datum.Key, datum.Text(settings.Yes, settings.No));
        }

        return $"{text.ToString().TrimEnd()}\n\n{Marker(call.Id, "summary")}";
    }

    /// <summary>The second note.</summary>
    public static string TranscriptNote(CompletedCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return $"{TranscriptTitle}\n\n{NoteTranscript(call)}\n\n{Marker(call.Id, "transcript")}";
    }

    private static void Section(StringBuilder text, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            text.Append('\n').Append(name).Append(":\n").Append(value.Trim()).Append('\n');
        }
    }

    private static void Line(StringBuilder text, string name, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            text.Append('\n').Append(name).Append(": ").Append(value.Trim());
        }
    }
}
