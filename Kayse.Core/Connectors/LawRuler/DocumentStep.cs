using System.Net.Http.Headers;
using Kayse.Core.Events;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Uploads a document to the lead, once, under a name that Law Ruler takes. Then it looks whether the document is there: some that Law Ruler says it took it never shows.
/// </summary>
public sealed class DocumentStep(LawRulerUploads uploads)
{
    /// <summary>The step's name.</summary>
    public const string Name = "document";

    /// <summary>What there is to say while the toggle is off.</summary>
    public const string Off = "Send documents is off.";

    private const string UnknownType = "application/octet-stream";

    private static readonly StepOutcome s_dropped = StepOutcome.Refused(
        "Law Ruler said that it took the document, and does not list it: it keeps no files of this kind or name. Have files of this extension renamed (setting documentNames.renamedExtensions) or rename the document, then rerun from this step; or ask Law Ruler's support which names it takes.");

    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(LawRulerTarget target, PlatformEvent platformEvent, StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(platformEvent);
        if (!target.Toggles.SendDocuments)
        {
            return StepOutcome.Skipped(Off);
        }

        var document = platformEvent.Data.GetProperty("document");
        var (id, type) = (JsonText.Text(document, "id")!, JsonText.Text(document, "contentType"));
        if (JsonText.Text(document, "url") is not { Length: > 0 } url)
        {
            return StepOutcome.Refused("The event does not say where the document is (data.document.url).");
        }

        var name = DocumentName.Of(JsonText.Text(document, "name"), type, id, target.Settings);
        if (name.Text is null)
        {
            return StepOutcome.Refused(name.Problem!);
        }

        var limit = new DownloadLimit("document", target.Settings.MaxDocumentMegabytes, "maxDocumentMegabytes");
        var file = new LawRulerFile(name.Text, ContentType(name, type), target.Settings.DocumentFormName, "DocumentId", id, url, limit);
        var outcome = await uploads.RunAsync(target, attempt, file, s_dropped, cancellationToken);
        return outcome is { Kind: StepKind.Done, Reason: null } && name.IsChanged
            ? outcome with { Reason = "It was sent under another name, since Law Ruler does not take the one that it has (setting documentNames)." }
            : outcome;
    }

    private static string ContentType(DocumentName name, string? given) =>
        name.Text!.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? "text/plain"
        : name.Text.EndsWith(".wav", StringComparison.OrdinalIgnoreCase) ? "audio/wav"
        : MediaTypeHeaderValue.TryParse(given, out var type) && type.MediaType is { } media ? media
        : UnknownType;
}
