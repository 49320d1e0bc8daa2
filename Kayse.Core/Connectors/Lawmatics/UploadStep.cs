using System.Net.Http.Headers;
using System.Text;
using Kayse.Core.Cases;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Uploads the case's approved documents to its matter, each once; only with the setting, for by default the activity's portal link is all there is of them in Lawmatics.</summary>
public sealed class UploadStep(LawmaticsClient client, LawmaticsContacts lists, LawmaticsLinks links, FileDownload downloads, IBlobStore blobs, CrmEffects effects, OnceInCrm once, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Name = "documents";

    // Lawmatics' clock may be another than ours.
    private static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(10);

    private static readonly StepOutcome s_unknown = StepOutcome.Refused("Lawmatics did not confirm a document, and does not let Kayse look whether it is there. It is not uploaded again, so that it cannot be there twice: look at the matter's files in Lawmatics.");

    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(LawmaticsTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (await links.FindAsync(target.Company.Id, target.Firm, target.Case.Id, cancellationToken) is not { MatterId: var matter })
        {
            return StepOutcome.Refused("The case has no matter in Lawmatics yet. Sync it again from its first step.");
        }

        var sent = 0;
        foreach (var document in target.Matter.Documents.Where(document => document.Url is not null))
        {
            if (await effects.FindAsync(target.Company.Id, target.Effects, Step(document), cancellationToken) is { State: EffectState.Done })
            {
                continue;
            }

            var outcome = await UploadAsync(target, matter, document, cancellationToken);
            if (outcome.Kind != StepKind.Done)
            {
                return outcome;
            }

            sent++;
        }

        return sent == 0 ? StepOutcome.Skipped("There is no document that is not in Lawmatics already.") : StepOutcome.Done(matter, $"Documents uploaded: {sent}.");
    }

    private async Task<StepOutcome> UploadAsync(LawmaticsTarget target, string matter, ApprovedDocument document, CancellationToken cancellationToken)
    {
        var blob = $"{target.Company.Id}/uploads/lawmatics-{target.Case.Id}-{document.Id}";
        var length = 0L;
        var outcome = await once.RunAsync(
            new CrmWrite(target.Company.Id, target.Effects, Step(document))
            {
                CrmName = "Lawmatics",
                SettleSeconds = target.Settings.SettleSeconds,
                Look = () => LookAsync(target, matter, document, cancellationToken),
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

    private async Task<CrmLook> LookAsync(LawmaticsTarget target, string matter, ApprovedDocument document, CancellationToken cancellationToken)
    {
        var announced = (await effects.FindAsync(target.Company.Id, target.Effects, Step(document), cancellationToken))?.AnnouncedAt ?? clock.GetUtcNow();
        return await lists.NewestAsync(
            target.Session, "/v1/files", "name,created_at,documentable", null, announced - s_clocks,
            file => Task.FromResult(file.Related("documentable") == matter && string.Equals(file.Text("name"), document.Name, StringComparison.Ordinal)), cancellationToken);
    }

    private static string Step(ApprovedDocument document) => $"document-{document.Id}";
}
