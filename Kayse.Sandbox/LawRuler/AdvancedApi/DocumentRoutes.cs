using Kayse.Sandbox.State;

namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>Documents. That Law Ruler has such calls is known; these paths and names are invented.</summary>
internal sealed class DocumentRoutes(AdvancedGate gate, SandboxState state)
{
    private static readonly string[] NotMetadata = ["LeadID", "Folder"];

    public void Map(IEndpointRouteBuilder routes)
    {
        gate.Map(routes, "GET", "ApiDocuments/GetDocuments", ListAsync);
        gate.Map(routes, "POST", "ApiDocuments/Upload", UploadAsync);
        gate.Map(routes, "GET", "ApiDocuments/Download", DownloadAsync);
    }

    private Task ListAsync(AdvancedCall call)
    {
        var folder = DocumentName.Folder(call.Query("folder"));
        var items = state.Read(() => call.Portal.FindLead(call.Query("leadId"))?.Documents
            .Where(d => DocumentName.IsWithin(d.Folder, folder))
            .OrderBy(d => d.Folder, StringComparer.OrdinalIgnoreCase).ThenBy(d => d.Id)
            .Select(d => new { d.Id, d.Folder, d.Name, d.Size, d.Metadata, CreateDate = EasternClock.FalseUtc(d.CreatedAt) }).ToList());
        return items is null ? call.LeadNotFoundAsync() : call.AnswerAsync(Envelope.List(items));
    }

    private Task UploadAsync(AdvancedCall call)
    {
        if (call.Body.Files.Count == 0)
        {
            return call.BadRequestAsync("No file was sent.");
        }

        var file = call.Body.Files[0];
        var folder = DocumentName.Folder(call.Field("Folder"));
        return state.Read(() => call.Portal.FindLead(call.Field("LeadID"))) switch
        {
            null => call.LeadNotFoundAsync(),
            var lead when !HasFolder(call.Portal, lead, folder) =>
                call.AnswerAsync(Envelope.Failed("Folder not found."), StatusCodes.Status404NotFound),
            var lead => call.AnswerAsync(Envelope.Of(new
            {
                Id = state.Change(() => call.Portal.AddDocument(lead, folder, file, Metadata(call), call.Now)),
                Name = file.FileName,
            })),
        };
    }

    private bool HasFolder(Portal portal, Lead lead, string folder) =>
        portal.Options.MissingFolder == MissingFolder.Create || folder == "/"
        || portal.Settings.Folders.Any(f => DocumentName.Folder(f).Equals(folder, StringComparison.OrdinalIgnoreCase))
        || state.Read(() => lead.Folders.Contains(folder));

    private static Dictionary<string, string> Metadata(AdvancedCall call) =>
        call.Body.Fields.Where(f => !NotMetadata.Contains(f.Key, StringComparer.OrdinalIgnoreCase))
            .GroupBy(f => f.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => g.First().Value, StringComparer.Ordinal);

    private async Task DownloadAsync(AdvancedCall call)
    {
        var document = state.Read(() => call.Portal.Leads.Values.SelectMany(l => l.Documents)
            .FirstOrDefault(d => d.Id.ToString() == call.Query("id")));
        if (document is null)
        {
            await call.AnswerAsync(Envelope.Failed("Document not found."), StatusCodes.Status404NotFound);
            return;
        }

        if (call.Portal.Options.BrokenDocuments.Contains(document.Name))
        {
            await call.AnswerAsync(Envelope.Failed("The file store is not available."), StatusCodes.Status500InternalServerError);
            return;
        }

        await HttpAnswer.BlankAsync(call.Context, document.Size);
    }
}
