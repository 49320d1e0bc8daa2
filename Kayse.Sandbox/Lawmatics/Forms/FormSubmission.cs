using System.Text.Json.Nodes;
using Kayse.Sandbox.Lawmatics.Api;

namespace Kayse.Sandbox.Lawmatics.Forms;

/// <summary>A form that is handed in: JSON or form data, the ids of its fields as keys. Handed in twice, it counts twice.</summary>
internal static class FormSubmission
{
    private const string CustomPrefix = "custom_field_";

    /// <exception cref="LawmaticsRefusal">The form cannot be handed in so, or a required field is missing.</exception>
    public static LawmaticsAnswer Accept(LawmaticsCall call, LawmaticsForm form)
    {
        if (form.Components.Any(c => c.BlocksApi))
        {
            // The reason is known, its wording is not.
            throw LawmaticsRefusal.Invalid("Forms with payment gateways or relationship blocks cannot be submitted through the API.");
        }

        var values = Values(call);
        foreach (var missing in form.Components.Where(c => c.Required && string.IsNullOrWhiteSpace(values[c.Id]?.ToString())))
        {
            throw LawmaticsRefusal.Invalid($"{missing.Label} is required.");
        }

        var body = Body(form, values);
        var (kind, record) = form.Type == FormType.Contact
            ? (ResourceKind.Contacts, Contact(call, body))
            : (ResourceKind.Prospects, Matter(call, body));
        Enter(call, form, values, new RecordLink(kind.Type, record.Id));
        return LawmaticsAnswer.Created(RecordView.Of(call.Firm, kind, record, call.Fields));
    }

    /// <summary>Unlike the API's own contact, the form's e-mail address finds the contact that has it already.</summary>
    private static LawmaticsRecord Contact(LawmaticsCall call, JsonObject body) =>
        Finder.Exact(call.Firm, "email", body["email"]?.ToString() ?? "") is { } known
            ? ContactWriter.Update(call.Firm, known, body, call.Now)
            : ContactWriter.Create(call.Firm, body, call.Now);

    private static LawmaticsRecord Matter(LawmaticsCall call, JsonObject body)
    {
        body["case_title"] = $"{body["first_name"]} {body["last_name"]}".Trim();
        return MatterWriter.Create(call.Firm, body, call.Now);
    }

    private static JsonObject Values(LawmaticsCall call)
    {
        if (call.Body.Fields.Count == 0 && !call.Body.IsMultipart)
        {
            return call.Json();
        }

        var values = new JsonObject();
        foreach (var (name, value) in call.Body.Fields)
        {
            values[name] = value;
        }

        return values;
    }

    private static JsonObject Body(LawmaticsForm form, JsonObject values)
    {
        var (body, custom) = (new JsonObject(), new JsonArray());
        foreach (var id in form.Components.Select(c => c.Id).Where(values.ContainsKey))
        {
            if (id.StartsWith(CustomPrefix, StringComparison.Ordinal))
            {
                custom.Add(new JsonObject { ["id"] = id[CustomPrefix.Length..], ["value"] = values[id]?.DeepClone() });
            }
            else
            {
                body[id] = values[id]?.DeepClone();
            }
        }

        body["custom_fields"] = custom;
        return body;
    }

    private static void Enter(LawmaticsCall call, LawmaticsForm form, JsonObject values, RecordLink contactable)
    {
        var answers = form.Components.Where(c => values.ContainsKey(c.Id))
            .Select(c => new JsonObject { ["label"] = c.Label, ["value"] = values[c.Id]?.ToString() });
        var entry = call.Firm.Add(ResourceKind.Entries, call.Now, new JsonObject { ["form"] = form.Uuid, ["body"] = new JsonArray([.. answers]) });
        entry.One["contactable"] = contactable;
        call.Firm.Raise("form.submitted", "form_entry_id", entry.Id);
    }
}
