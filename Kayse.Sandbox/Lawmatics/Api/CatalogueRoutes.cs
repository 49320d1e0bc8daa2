using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>What a firm sets up for itself: pipelines, stages, sub statuses, practice areas, sources, campaigns, tags, custom fields, users.</summary>
internal sealed class CatalogueRoutes(LawmaticsGate gate)
{
    private static readonly string[] Statuses = ["pnc", "hired", "lost"];

    public void Map(IEndpointRouteBuilder routes)
    {
        // Before the users' own route, whose id is a number.
        gate.Get(routes, "users/me", call => LawmaticsAnswer.Ok(call.View(ResourceKind.Users, call.Firm.Find(ResourceKind.Users, LawmaticsSeed.UserId)!)));
        foreach (var kind in new[]
        {
            ResourceKind.Pipelines, ResourceKind.Stages, ResourceKind.SubStatuses, ResourceKind.PracticeAreas, ResourceKind.Sources,
            ResourceKind.Campaigns, ResourceKind.Tags, ResourceKind.CustomFields, ResourceKind.Users,
        })
        {
            gate.Get(routes, kind.Path, call => RecordQuery.Answer(call, kind, call.Firm.Table(kind).Values));
            gate.Get(routes, kind.Path + "/{id:long}", call => LawmaticsAnswer.Ok(call.View(kind, call.Record(kind))));
        }

        MapWrites(routes, ResourceKind.SubStatuses, SubStatus);
        MapWrites(routes, ResourceKind.PracticeAreas, (_, record, body) => Copy(record, body, "name", "color", "statute_of_limitations_enabled"));
    }

    private void MapWrites(IEndpointRouteBuilder routes, ResourceKind kind, Action<LawmaticsFirm, LawmaticsRecord, JsonObject> write)
    {
        // The samples answer a practice area's change and removal with 201 also.
        var changed = kind == ResourceKind.PracticeAreas ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        gate.Post(routes, kind.Path, call => Written(call, kind, StatusCodes.Status201Created, call.Firm.Draft(call.Now), write));
        gate.Put(routes, kind.Path + "/{id:long}", call => Written(call, kind, changed, call.Record(kind).Copy(), write));
        gate.Delete(routes, kind.Path + "/{id:long}", call =>
        {
            var record = call.Record(kind);
            call.Firm.Table(kind).Remove(record.Id);
            return new LawmaticsAnswer(changed, new JsonObject { ["data"] = View(call, kind, record) });
        });
    }

    private static LawmaticsAnswer Written(LawmaticsCall call, ResourceKind kind, int status, LawmaticsRecord record, Action<LawmaticsFirm, LawmaticsRecord, JsonObject> write)
    {
        write(call.Firm, record, call.Json());
        if (record.Text("name").Length == 0)
        {
            throw LawmaticsRefusal.Invalid("Name can't be blank.");
        }

        record.UpdatedAt = LawmaticsFirm.Precise(call.Now);
        call.Firm.Add(kind, record);
        return new LawmaticsAnswer(status, new JsonObject { ["data"] = View(call, kind, record) });
    }

    private static JsonObject View(LawmaticsCall call, ResourceKind kind, LawmaticsRecord record) =>
        RecordView.Of(call.Firm, kind, record, call.Fields, type: kind.WriteType);

    private static void SubStatus(LawmaticsFirm firm, LawmaticsRecord record, JsonObject body)
    {
        Copy(record, body, "name", "status");
        var status = record.Text("status") is { Length: > 0 } given ? given.ToLowerInvariant() : "pnc";
        record.Attributes["status"] = Statuses.Contains(status, StringComparer.Ordinal) ? status : throw LawmaticsRefusal.Invalid("Status is invalid.");
    }

    private static void Copy(LawmaticsRecord record, JsonObject body, params string[] names)
    {
        foreach (var name in names.Where(body.ContainsKey))
        {
            record.Attributes[name] = body[name]?.DeepClone();
        }
    }
}
