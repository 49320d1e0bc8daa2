using System.Globalization;
using System.Text.Json.Nodes;
using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary><c>/files</c>. The bytes are counted and hashed, and not kept.</summary>
internal sealed class FileRoutes(LawmaticsGate gate, SandboxOptions options)
{
    private static readonly ResourceKind Kind = ResourceKind.Files;

    public void Map(IEndpointRouteBuilder routes)
    {
        gate.Get(routes, "files", call => RecordQuery.Answer(call, Kind, call.Firm.Table(Kind).Values));
        gate.Get(routes, "files/{id:long}", call => LawmaticsAnswer.Ok(call.View(Kind, call.Record(Kind))));
        gate.Post(routes, "files", Create);
        gate.Download(routes, "files/download/{id}", call => call.Record(Kind).Attributes["file_size"]!.GetValue<long>());
    }

    private LawmaticsAnswer Create(LawmaticsCall call)
    {
        if (call.Body.Files.FirstOrDefault(f => f.FormName == "file") is not { } file)
        {
            throw LawmaticsRefusal.Invalid("File can't be blank.");
        }

        var to = Documentable(call);
        var path = call.Body.Fields.Where(f => f.Key == "path[]").Select(f => f.Value).ToList();
        var record = call.Firm.Add(Kind, call.Now, Attributes(call, file, path));
        record.One["documentable"] = to;
        return LawmaticsAnswer.Created(call.View(Kind, record));
    }

    private JsonObject Attributes(LawmaticsCall call, FilePart file, List<string> path)
    {
        var signature = options.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["name"] = Field(call, "name") ?? file.FileName,
            ["file_name"] = file.FileName,
            ["file_size"] = file.Size,
            ["file_type"] = file.ContentType,
            ["file_url"] = $"https://files.example.com/{file.Sha256}?X-Amz-Date={signature}",
            ["folder_id"] = path.Count > 0 ? string.Join('/', path) : Field(call, "folder_id"),
            ["sha256"] = file.Sha256,
        };
    }

    private static RecordLink Documentable(LawmaticsCall call)
    {
        var (type, id) = (Field(call, "documentable_type")?.ToLowerInvariant(), Field(call, "documentable_id"));
        if (type == "firm")
        {
            return new RecordLink("firm", call.Firm.Settings.FirmId);
        }

        var kind = type switch
        {
            "matter" => ResourceKind.Prospects,
            "contact" => ResourceKind.Contacts,
            _ => throw LawmaticsRefusal.Invalid("Documentable type is invalid."),
        };
        return call.Firm.Find(kind, id) is { } record ? new RecordLink(kind.Type, record.Id) : throw LawmaticsRefusal.Invalid($"{kind.Title} with id {id} does not exist.");
    }

    private static string? Field(LawmaticsCall call, string name) => call.Body.Fields.FirstOrDefault(f => f.Key == name).Value;
}
