using System.Text.Json.Nodes;
using Kayse.Sandbox.Lawmatics.Api;
using Kayse.Sandbox.State;

namespace Kayse.Sandbox.Lawmatics.Forms;

/// <summary><c>/forms</c>: listing and entries by token, showing and submitting without.</summary>
internal sealed class FormRoutes(LawmaticsGate gate, SandboxState state)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        gate.Get(routes, "forms", List);
        gate.Open(routes, "GET", "forms/{uuid}", WhoseToShow, call => LawmaticsAnswer.Ok(View(call, Form(call))));
        gate.Open(routes, "POST", "forms/{uuid}/submit", context => Whose(context) ?? gate.ByToken(context), call => FormSubmission.Accept(call, Form(call)));
        gate.Get(routes, "forms/{uuid}/entries", Entries);
    }

    private static LawmaticsAnswer List(LawmaticsCall call)
    {
        var page = RecordQuery.Page(call, "forms", call.Firm.Options.FormsInPages, call.Firm.Forms.Count, at => View(call, call.Firm.Forms[at]));
        (page.Body as JsonObject)?.Remove("meta");
        (page.Body as JsonObject)?.Remove("links");
        return page;
    }

    private LawmaticsFirm? Whose(HttpContext context) => state.FindFirm(f => Find(f, OwnRoute.Value(context, "uuid")) is not null);

    /// <summary>An unknown form is the matter of whoever asks, so that it can be told that there is none.</summary>
    private LawmaticsFirm? WhoseToShow(HttpContext context)
    {
        var firm = Whose(context) ?? state.FindFirm(_ => true);
        return firm is { Options.FormsNeedToken: true } ? gate.ByToken(context) : firm;
    }

    private static LawmaticsForm? Find(LawmaticsFirm firm, string uuid) =>
        firm.Forms.Find(f => f.Uuid.Equals(uuid, StringComparison.OrdinalIgnoreCase));

    private static LawmaticsForm Form(LawmaticsCall call) =>
        Find(call.Firm, call.Route("uuid")) ?? throw LawmaticsRefusal.Missing("Form", call.Route("uuid"));

    private static LawmaticsAnswer Entries(LawmaticsCall call)
    {
        var uuid = Form(call).Uuid;
        return RecordQuery.Answer(call, ResourceKind.Entries, call.Firm.Table(ResourceKind.Entries).Values.Where(e => e.Text("form") == uuid));
    }

    private static JsonObject View(LawmaticsCall call, LawmaticsForm form)
    {
        var attributes = new JsonObject { ["name"] = form.Name };
        if (call.Fields is { } fields)
        {
            var all = new JsonObject
            {
                ["name"] = form.Name,
                ["type"] = form.Type.ToString(),
                ["rows"] = new JsonArray([.. form.Components.Select(c => new JsonObject { ["components"] = new JsonArray(Component(c)) })]),
            };
            attributes = fields == "all" ? all : new JsonObject(all.Where(a => fields.Split(',').Contains(a.Key)).Select(a => KeyValuePair.Create(a.Key, a.Value?.DeepClone())));
        }

        return new JsonObject { ["id"] = form.Uuid, ["type"] = "custom_form", ["attributes"] = attributes, ["relationships"] = new JsonObject() };
    }

    private static JsonObject Component(FormComponent component) => new()
    {
        ["id"] = component.Id,
        ["field_type"] = component.FieldType,
        ["label"] = component.Label,
        ["component_type"] = component.ComponentType,
        ["required"] = component.Required,
        ["list_options"] = new JsonArray([.. component.Options.Select(o => new JsonObject { ["label"] = o, ["value"] = o })]),
    };
}
