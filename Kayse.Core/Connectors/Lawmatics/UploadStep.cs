using System.Net.Http.Headers;
using System.Text;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Uploads the case's approved documents to its matter, each once and one an attempt; only with the setting, for by default the activity's portal link is all there is of them in
/// Lawmatics. One that is refused does not keep the others back.
/// </summary>
public sealed class UploadStep(
    LawmaticsClient client, LawmaticsContacts lists, LawmaticsLinks links, FileDownload downloads, IBlobStore blobs, CrmEffects effects, OnceInCrm once, AuditLog audit, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Name = "documents";

    private const int MostNamed = 10;

    // Lawmatics' clock may be another than ours.
    private static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(10);

    private static readonly StepOutcome s_unknown = StepOutcome.Refused("Lawmatics did not confirm a document, and does not let Kayse look whether it is there. It is not uploaded again, so that it cannot be there twice: look at the matter's files in Lawmatics.");

    /// <summary>Makes one attempt, at one document; while others are left it asks for the next at once.</summary>
    public async Task<StepOutcome> RunAsync(LawmaticsTarget target, StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(attempt);
        if (!target.Settings.Sync.UploadFiles)
        {
            return StepOutcome.Skipped("Documents are not uploaded: the setting sync.uploadFiles is off.");
        }

        if (await links.FindAsync(target.Company.Id, target.Firm, target.Case.Id, cancellationToken) is not { MatterId: var matter })
        {
            return StepOutcome.Refused("The case has no matter in Lawmatics yet. Sync it again from its first step.");
        }

        var documents = target.Matter.Documents.Where(document => document.Url is not null).ToList();
        var (left, refused, files) = await SortAsync(target, attempt, documents, cancellationToken);
        if (left.Count == 0)
        {
            return refused.Count > 0 ? End(matter, documents.Count, refused, null) : StepOutcome.Skipped("There is no document that is not in Lawmatics already.");
        }

        // One that has to be tried again is no reason for the others to wait.
        var next = left[(attempt.Number - 1) % left.Count];
        var outcome = await UploadAsync(target, matter, next, files, cancellationToken);
        if (outcome.Kind == StepKind.RetryAfter)
        {
            return left.Count > 1 && !outcome.Postponed ? outcome with { NotBefore = null } : outcome;
        }

        if (outcome.Kind == StepKind.Refused)
        {
            await effects.SettleAsync(attempt.Company, attempt.Workflow, Refusal(next), EffectState.Answered, null, cancellationToken);
            refused.Add(next.Id);
        }

        if (left.Count == 1)
        {
            return End(matter, documents.Count, refused, outcome);
        }

        await audit.WriteAsync(
            attempt.Company, LawmaticsConnections.Crm, Name, outcome.Kind == StepKind.Refused ? "refused" : "done", outcome.Resource, attempt.Workflow, $"Document {next.Id}. {outcome.Reason} {outcome.Said}".TrimEnd(), cancellationToken);
        return StepOutcome.Postpone(Told(documents.Count, documents.Count - refused.Count - left.Count + 1), clock.GetUtcNow());
    }

    /// <summary>Which documents are left to upload, which were refused in this sync, and which files in Lawmatics are the others'.</summary>
    private async Task<(List<ApprovedDocument> Left, List<string> Refused, HashSet<string?> Files)> SortAsync(LawmaticsTarget target, StepAttempt attempt, List<ApprovedDocument> documents, CancellationToken cancellationToken)
    {
        var (left, refused, files) = (new List<ApprovedDocument>(), new List<string>(), new HashSet<string?>(StringComparer.Ordinal));
        foreach (var document in documents)
        {
            if (await effects.FindAsync(attempt.Company, target.Effects, Step(document), cancellationToken) is { State: EffectState.Done } done)
            {
                files.Add(done.Resource);
            }
            else if (await effects.FindAsync(attempt.Company, attempt.Workflow, Refusal(document), cancellationToken) is null)
            {
                left.Add(document);
            }
            else
            {
                refused.Add(document.Id);
            }
        }

        return (left, refused, files);
    }

    private static StepOutcome End(string matter, int all, List<string> refused, StepOutcome? last)
    {
        var told = Told(all, all - refused.Count);
        if (refused.Count == 0)
        {
            return StepOutcome.Done(matter, told);
        }

        var why = last is { Kind: StepKind.Refused } ? last.Reason : "The audit log says why.";
        return StepOutcome.Refused($"{told} Not: {string.Join(", ", refused.Take(MostNamed))}{(refused.Count > MostNamed ? " and others" : null)}. {why}") with { Said = last?.Said };
    }

    private static string Told(int all, int there) => $"{there} of {all} documents are in Lawmatics.";

    private async Task<StepOutcome> UploadAsync(LawmaticsTarget target, string matter, ApprovedDocument document, HashSet<string?> files, CancellationToken cancellationToken)
    {
        var blob = $"{target.Company.Id}/uploads/lawmatics-{target.Case.Id}-{document.Id}";
        var length = 0L;
        var outcome = await once.RunAsync(
            new CrmWrite(target.Company.Id, target.Effects, Step(document))
            {
                CrmName = "Lawmatics",
                SettleSeconds = target.Settings.SettleSeconds,
                Look = () => LookAsync(target, matter, document, files, cancellationToken),
                Prepare = FetchAsync,
                Send = async () => LawmaticsWrites.Sent(
                    await client.SendAsync(target.Session, new LawmaticsRequest(HttpMethod.Post, "/v1/files") { IsUpload = true, Content = () => Form(matter, document, blob, length) }, cancellationToken), clock.GetUtcNow()),
                WhenUnknown = s_unknown,
            },
            cancellationToken);
        // One that was refused stays for the next sync: its address may be gone by then.
        if (outcome.Kind == StepKind.Done)
        {
            await blobs.DeleteAsync(blob, cancellationToken);
        }

        return outcome;

        async Task<StepOutcome?> FetchAsync()
        {
            (length, var problem) = await downloads.FetchAsync(document.Url!, blob, new DownloadLimit("document", target.Settings.Sync.MaxFileMegabytes, "sync.maxFileMegabytes"), cancellationToken);
            return problem;
        }
    }

    private MultipartFormDataContent Form(string matter, ApprovedDocument document, string blob, long length)
    {
        var file = new BlobContent(blobs, blob, length);
        file.Headers.ContentType = MediaTypeHeaderValue.TryParse(document.ContentType, out var type) ? type : new MediaTypeHeaderValue("application/octet-stream");
        var name = string.Concat(document.Name.Select(c => c is '"' or '\\' or '/' || char.IsControl(c) ? '_' : c));
        file.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"file\"; filename=\"{name}\"");
        // Part headers in UTF-8, as browsers write them.
        var form = new MultipartFormDataContent { HeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        foreach (var (field, value) in new[] { ("documentable_type", "Matter"), ("documentable_id", matter), ("name", document.Name) })
        {
            form.Add(new StringContent(value), field);
        }

        form.Add(file);
        return form;
    }

    private async Task<CrmLook> LookAsync(LawmaticsTarget target, string matter, ApprovedDocument document, HashSet<string?> files, CancellationToken cancellationToken)
    {
        var announced = (await effects.FindAsync(target.Company.Id, target.Effects, Step(document), cancellationToken))?.AnnouncedAt ?? clock.GetUtcNow();
        return await lists.NewestAsync(
            target.Session, "/v1/files", "name,created_at,documentable", null, announced - s_clocks,
            // Two documents may bear one name.
            file => Task.FromResult(!files.Contains(file.Id) && file.Related("documentable") == matter && string.Equals(file.Text("name"), document.Name, StringComparison.Ordinal)), cancellationToken);
    }

    /// <summary>By what a sync notes that it was refused a document; one that was approved anew is another.</summary>
    private static string Refusal(ApprovedDocument document) => $"refused-{document.Id}-{document.At.ToUnixTimeMilliseconds()}";

    private static string Step(ApprovedDocument document) => $"document-{document.Id}";
}
