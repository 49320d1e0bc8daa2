using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Uploads a call's recording to the lead, once.</summary>
public sealed class RecordingStep(LawRulerUploads uploads)
{
    /// <summary>The step's name.</summary>
    public const string Name = "recording";

    private static readonly StepOutcome s_dropped = StepOutcome.Refused(
        "Law Ruler said that it took the recording, and does not list it: it keeps no files of this kind or name. Check the settings renameMp3ToWav and asciiFileNames, or ask Law Ruler's support which names it takes; then rerun from this step.");

    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(LawRulerCall call, StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(attempt);
        if (!call.Toggles.SendDocuments)
        {
            return StepOutcome.Skipped("Send documents is off.");
        }

        if (string.IsNullOrWhiteSpace(call.Call.RecordingUrl))
        {
            return StepOutcome.Skipped("The call has no recording.");
        }

        var name = RecordingName.Of(call.CampaignName, call.Call.Start, LawRulerTime.Zone(call.Company.TimeZone), call.Settings);
        var file = new LawRulerFile(
            name,
            name.EndsWith(".wav", StringComparison.Ordinal) ? "audio/wav" : "audio/mpeg",
            call.Settings.RecordingFormName,
            "CallId",
            call.Call.Id.ToString(),
            call.Call.RecordingUrl,
            new DownloadLimit("recording", call.Settings.MaxRecordingMegabytes, "maxRecordingMegabytes"))
        {
            Metadata = [("RecordingUrl", call.Call.RecordingUrl)],
            IsNameUnique = true,
        };
        return await uploads.RunAsync(call, attempt, file, s_dropped, cancellationToken);
    }
}
