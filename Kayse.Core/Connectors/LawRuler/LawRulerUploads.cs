using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Uploads a file to a lead, once. It is fetched into the blob store first: its address may not outlive a day of retries, and a broken download must not become a broken upload.</summary>
public sealed class LawRulerUploads(LawRulerClient client, LawRulerListing listing, OwnWrites own, OnceInLawRuler once, FileDownload download, IBlobStore blobs)
{
    /// <summary>Where a workflow's file is kept until it is uploaded.</summary>
    public static string Blob(CompanyId company, string workflow) => $"{company}/recordings/{workflow}";

    /// <summary>Makes one attempt.</summary>
    /// <param name="target">The lead.</param>
    /// <param name="attempt">Which attempt.</param>
    /// <param name="file">The file.</param>
    /// <param name="whenDropped">What becomes of an upload that succeeded and is not among the lead's documents.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<StepOutcome> RunAsync(LawRulerTarget target, StepAttempt attempt, LawRulerFile file, StepOutcome whenDropped, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(file);
        var blob = Blob(target.Company.Id, target.Workflow);
        var length = 0L;
        var outcome = await once.RunAsync(
            target, attempt, () => LookAsync(target, file, cancellationToken), FetchAsync, () => UploadAsync(target, file, blob, length, cancellationToken), whenDropped, cancellationToken);
        // One that was refused stays for a rerun: its address may be gone by then.
        if (outcome.Kind is StepKind.Done)
        {
            await blobs.DeleteAsync(blob, cancellationToken);
        }

        return outcome;

        async Task<StepOutcome?> FetchAsync()
        {
            (length, var problem) = await download.FetchAsync(file.Address, blob, file.Limit, cancellationToken);
            return problem;
        }
    }

    private Task<Look> LookAsync(LawRulerTarget target, LawRulerFile file, CancellationToken cancellationToken) =>
        target.Settings.RecordingTransport == LawRulerTransport.KeyApi
            ? Task.FromResult(Look.Impossible)
            : listing.FindAsync(target.Session, target.Settings.GetDocumentsPath, target.Lead, item => IsOurs(item, file), ["DocumentId", "Id"], cancellationToken);

    private static bool IsOurs(JsonElement document, LawRulerFile file)
    {
        var metadata = JsonText.Property(document, "Metadata");
        return metadata is { } given && JsonText.Text(given, file.IdName) is { } id
            ? id == file.Id
            // Law Ruler may give no metadata back: then the name is all there is to go by.
            : (metadata is null || file.IsNameUnique) && JsonText.Text(document, "Name") == file.Name;
    }

    private async Task<LawRulerReply> UploadAsync(LawRulerTarget target, LawRulerFile file, string blob, long length, CancellationToken cancellationToken)
    {
        if (target.Settings.RecordingTransport == LawRulerTransport.KeyApi)
        {
            var fields = target.Settings.OverrideParameters.Select(parameter => (parameter, "true")).Prepend(("LeadID", target.Lead.ToString())).Prepend(("Key", target.Session.Credentials.Key));
            return await client.PostKeyPageAsync(target.Session, target.Settings.ParsingPath, () => Multipart([.. fields], "File", file, blob, length), isUpload: true, cancellationToken);
        }

        (string, string)[] metadata = [("LeadID", target.Lead.ToString()), ("Folder", target.Settings.RecordingFolder), .. file.Metadata, (file.IdName, file.Id)];
        var reply = await client.CallApiAsync(
            target.Session, HttpMethod.Post, target.Settings.UploadPath, () => Multipart(metadata, file.FormName, file, blob, length), isUpload: true, cancellationToken);
        await own.RecordDocumentAsync(target.Company.Id, reply, cancellationToken);
        return reply;
    }

    private MultipartFormDataContent Multipart((string Name, string Value)[] fields, string formName, LawRulerFile file, string blob, long length)
    {
        // Part headers in UTF-8, as browsers write them: classic ASP.NET does not read the encoded forms that .NET writes by default.
        var content = new MultipartFormDataContent { HeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        foreach (var (field, value) in fields)
        {
            content.Add(new StringContent(value), field);
        }

        var bytes = new BlobContent(blobs, blob, length);
        bytes.Headers.ContentType = new MediaTypeHeaderValue(file.ContentType);
        bytes.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"{formName}\"; filename=\"{file.Name}\"");
        content.Add(bytes);
        return content;
    }
}

/// <summary>A file for a lead.</summary>
/// <param name="Name">What it is called in Law Ruler.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="FormName">The form name that it is uploaded under.</param>
/// <param name="IdName">The name of the metadata that holds our id.</param>
/// <param name="Id">Our id.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Limit">How large it may be.</param>
public sealed record LawRulerFile(string Name, string ContentType, string FormName, string IdName, string Id, string Address, DownloadLimit Limit)
{
    /// <summary>What is told of it beside our id.</summary>
    public IReadOnlyList<(string Name, string Value)> Metadata { get; init; } = [];

    /// <summary>True when no other of the lead's documents is called so: one without our id is then found by its name too.</summary>
    public bool IsNameUnique { get; init; }
}
