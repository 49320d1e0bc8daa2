using System.Globalization;
using System.Text.Json.Nodes;
using Kayse.Sandbox.Lawmatics.Api;
using Kayse.Sandbox.Lawmatics.Forms;
using Kayse.Sandbox.Lawmatics.Webhooks;
using Kayse.Sandbox.State;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>Working in Lawmatics as a person there would: making, changing and removing records under <c>/_sandbox/lawmatics/{client}</c>.</summary>
internal sealed class SeedRoutes(SandboxState state, LawmaticsSender sender, SandboxOptions options)
{
    private const string Base = "/_sandbox/lawmatics/{client}/";
    private const int MaxCount = 20_000;

    /// <summary>A matter's fields that a person fills by name.</summary>
    private static readonly Dictionary<string, ResourceKind> Named = new(StringComparer.Ordinal)
    {
        ["stage"] = ResourceKind.Stages,
        ["sub_status"] = ResourceKind.SubStatuses,
        ["practice_area"] = ResourceKind.PracticeAreas,
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        Add(routes, "contacts", (firm, body) => ContactWriter.Create(firm, body, Now));
        Add(routes, "matters", (firm, body) => MatterWriter.Create(firm, WithIds(firm, body), Now));
        Add(routes, "pipelines", (firm, body) => firm.Add(ResourceKind.Pipelines, Now, new JsonObject { ["name"] = Text(body, "name"), ["pipeline_type"] = Text(body, "pipeline_type", "normal") }));
        Add(routes, "stages", AddStage);
        Add(routes, "sub_statuses", (firm, body) => firm.Add(ResourceKind.SubStatuses, Now, new JsonObject { ["name"] = Text(body, "name"), ["status"] = Text(body, "status", "pnc") }));
        Add(routes, "practice_areas", (firm, body) => firm.Add(ResourceKind.PracticeAreas, Now, new JsonObject { ["name"] = Text(body, "name") }));
        Add(routes, "custom_fields", AddCustomField);
        routes.MapPost(Base + "forms", FirmRoutes.ForFirm(state, AddFormAsync));
        Change(routes, ResourceKind.Contacts, "contacts", (firm, record, body) => ContactWriter.Update(firm, record, body, Now), FirmView.Contact);
        Change(routes, ResourceKind.Prospects, "matters", (firm, record, body) => MatterWriter.Update(firm, record, WithIds(firm, body), Now, byApi: false), FirmView.Matter);
        foreach (var kind in new[] { ResourceKind.Stages, ResourceKind.SubStatuses, ResourceKind.PracticeAreas, ResourceKind.CustomFields })
        {
            routes.MapDelete(Base + kind.Path + "/{id:long}", FirmRoutes.ForFirm(state, (context, firm) => RemoveAsync(context, firm, kind)));
        }
    }

    private DateTimeOffset Now => options.Clock.GetUtcNow();

    private void Add(IEndpointRouteBuilder routes, string path, Func<LawmaticsFirm, JsonObject, LawmaticsRecord> add) => routes.MapPost(Base + path, FirmRoutes.ForFirm(state, async (context, firm) =>
    {
        var body = await OwnRoute.BodyAsync<JsonObject>(context);
        var count = (int?)body["count"] ?? 1;
        if (count is < 1 or > MaxCount)
        {
            throw new WrongRequestException($"count is a number from 1 to {MaxCount}.");
        }

        body.Remove("count");
        var text = body.ToJsonString();
        var ids = state.Change(() => Enumerable.Range(1, count)
            .Select(n => JsonNode.Parse(text.Replace("{n}", n.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))!.AsObject())
            .Select(one => add(firm, one).Id).ToList());
        sender.SendRaised(firm);
        await HttpAnswer.OwnAsync(context, new { ids }, StatusCodes.Status201Created);
    }));

    private void Change(
        IEndpointRouteBuilder routes,
        ResourceKind kind,
        string path,
        Func<LawmaticsFirm, LawmaticsRecord, JsonObject, LawmaticsRecord> change,
        Func<LawmaticsFirm, LawmaticsRecord, JsonObject> view)
    {
        routes.MapPatch(Base + path + "/{id:long}", FirmRoutes.ForFirm(state, async (context, firm) =>
        {
            var body = await OwnRoute.BodyAsync<JsonObject>(context);
            var changed = state.Change(() => view(firm, change(firm, Known(context, firm, kind), body)));
            sender.SendRaised(firm);
            await HttpAnswer.OwnAsync(context, changed);
        }));
        routes.MapDelete(Base + path + "/{id:long}", FirmRoutes.ForFirm(state, (context, firm) => RemoveAsync(context, firm, kind)));
    }

    private Task RemoveAsync(HttpContext context, LawmaticsFirm firm, ResourceKind kind)
    {
        state.Change(() =>
        {
            var record = Known(context, firm, kind);
            if (kind == ResourceKind.Contacts)
            {
                firm.Raise("contact.deleted", "contact_id", record.Id);
            }

            return firm.Table(kind).Remove(record.Id);
        });
        sender.SendRaised(firm);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static LawmaticsRecord Known(HttpContext context, LawmaticsFirm firm, ResourceKind kind) =>
        firm.Find(kind, OwnRoute.Value(context, "id")) ?? throw new WrongRequestException($"There is no such {kind.Title.ToLowerInvariant()}.");

    private LawmaticsRecord AddStage(LawmaticsFirm firm, JsonObject body)
    {
        var wanted = Text(body, "pipeline", "Intake");
        var pipeline = firm.Named(ResourceKind.Pipelines, wanted) ?? firm.Find(ResourceKind.Pipelines, wanted) ?? throw new WrongRequestException($"pipeline '{wanted}' is none of the firm's.");
        return LawmaticsSeed.AddStage(firm, Text(body, "name"), pipeline.Id, Now);
    }

    private LawmaticsRecord AddCustomField(LawmaticsFirm firm, JsonObject body)
    {
        var choices = (body["options"] as JsonArray)?.Select(o => o?.ToString() ?? "").ToList() ?? [];
        return firm.Add(ResourceKind.CustomFields, Now, LawmaticsSeed.CustomField(Text(body, "name"), Text(body, "type", "Prospect"), Text(body, "field_type", "string"), choices, (firm.LastId + 1) * 10));
    }

    private async Task AddFormAsync(HttpContext context, LawmaticsFirm firm)
    {
        var form = await OwnRoute.BodyAsync<LawmaticsForm>(context);
        state.Change(() =>
        {
            firm.Forms.RemoveAll(f => f.Uuid == form.Uuid);
            firm.Forms.Add(form);
            return form;
        });
        await HttpAnswer.OwnAsync(context, form, StatusCodes.Status201Created);
    }

    private static JsonObject WithIds(LawmaticsFirm firm, JsonObject body)
    {
        foreach (var (name, kind) in Named.Where(n => body.ContainsKey(n.Key)))
        {
            var wanted = body[name]?.ToString();
            body.Remove(name);
            body[name + "_id"] = wanted is null ? null : (firm.Named(kind, wanted) ?? throw new WrongRequestException($"{name} '{wanted}' is none of the firm's.")).Id;
        }

        return body;
    }

    private static string Text(JsonObject body, string name, string? otherwise = null) =>
        body[name]?.ToString() ?? otherwise ?? throw new WrongRequestException($"{name} is missing.");
}
