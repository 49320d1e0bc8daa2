using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Uploads a call's recording to the lead, once. It is fetched into the blob store first: its address may not outlive a day of retries, and a broken download must not become a broken upload.</summary>
public sealed class RecordingStep(LawRulerClient client, LawRulerListing listing, OnceInLawRuler once, RecordingDownload download, IBlobStore blobs)
{
    /// <summary>The step's name.</summary>
    public const string Name = "recording";

    /// <summary>Where a chain's recording is kept until it is uploaded.</summary>
    public static string Blob(CompanyId company, string workflow) => $"{company}/recordings/{workflow}";

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

        var blob = Blob(call.Company.Id, PostCallWorkflow.Id(call.Call.Id));
        var length = 0L;
        var name = RecordingName.Of(call.CampaignName, call.Call.Start, LawRulerTime.Zone(call.Company.TimeZone), call.Settings);
        var outcome = await once.RunAsync(
            call, attempt, () => LookAsync(call, name, cancellationToken), FetchAsync, () => UploadAsync(call, name, blob, length, cancellationToken), cancellationToken);
        // One that was refused stays for a rerun: its address may be gone by then.
        if (outcome.Kind is StepKind.Done)
        {
            await blobs.DeleteAsync(blob, cancellationToken);
        }

        return outcome;

        async Task<StepOutcome?> FetchAsync()
        {
            (length, var problem) = await download.FetchAsync(call.Call.RecordingUrl, blob, call.Settings.MaxRecordingMegabytes * 1024L * 1024L, cancellationToken);
            return problem;
        }
    }

    private Task<Look> LookAsync(LawRulerCall call, string name, CancellationToken cancellationToken) =>
        call.Settings.RecordingTransport == LawRulerTransport.KeyApi
            ? Task.FromResult(Look.Impossible)
            : listing.FindAsync(call.Session, call.Settings.GetDocumentsPath, call.Lead, item => IsOurs(item, call, name), ["DocumentId", "Id"], cancellationToken);

    private static bool IsOurs(JsonElement document, LawRulerCall call, string name)
    {
        var id = JsonText.Property(document, "Metadata") is { } metadata ? JsonText.Text(metadata, "CallId") : null;
        return id is null ? JsonText.Text(document, "Name") == name : id == call.Call.Id.ToString();
    }

    private Task<LawRulerReply> UploadAsync(LawRulerCall call, string name, string blob, long length, CancellationToken cancellationToken)
    {
        if (call.Settings.RecordingTransport == LawRulerTransport.KeyApi)
        {
            var fields = call.Settings.OverrideParameters.Select(parameter => (parameter, "true")).Prepend(("LeadID", call.Lead.ToString())).Prepend(("Key", call.Session.Credentials.Key));
            return client.PostKeyPageAsync(call.Session, call.Settings.ParsingPath, () => Multipart([.. fields], "File", name, blob, length), isUpload: true, cancellationToken);
        }

        (string, string)[] metadata =
        [
            ("LeadID", call.Lead.ToString()), ("Folder", call.Settings.RecordingFolder), ("RecordingUrl", call.Call.RecordingUrl!), ("CallId", call.Call.Id.ToString()),
        ];
        return client.CallApiAsync(
            call.Session, HttpMethod.Post, call.Settings.UploadPath, () => Multipart(metadata, call.Settings.RecordingFormName, name, blob, length), isUpload: true, cancellationToken);
    }

    private MultipartFormDataContent Multipart((string Name, string Value)[] fields, string formName, string fileName, string blob, long length)
    {
        // Part headers in UTF-8, as browsers write them: classic ASP.NET does not read the encoded forms that .NET writes by default.
        var content = new MultipartFormDataContent { HeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        foreach (var (field, value) in fields)
        {
            content.Add(new StringContent(value), field);
        }

        var file = new BlobContent(blobs, blob, length);
        file.Headers.ContentType = new MediaTypeHeaderValue(fileName.EndsWith(".wav", StringComparison.Ordinal) ? "audio/wav" : "audio/mpeg");
        file.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"{formName}\"; filename=\"{fileName}\"");
        content.Add(file);
        return content;
    }
}
