using System.Text.Json.Nodes;
using Kayse.Sandbox.Lawmatics.Api;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>What a firm's Lawmatics keeps, as <c>/_sandbox/lawmatics</c> shows it: names beside ids, and no field twice.</summary>
internal static class FirmView
{
    public static JsonObject Of(LawmaticsFirm firm) => new()
    {
        ["contacts"] = All(firm, ResourceKind.Contacts, Contact),
        ["matters"] = All(firm, ResourceKind.Prospects, Matter),
        ["notes"] = All(firm, ResourceKind.Notes, Note),
        ["interactions"] = All(firm, ResourceKind.Interactions, Interaction),
        ["entries"] = All(firm, ResourceKind.Entries, Entry),
        ["files"] = All(firm, ResourceKind.Files, File),
    };

    public static JsonObject Contact(LawmaticsFirm firm, LawmaticsRecord contact)
    {
        var view = Start(firm, contact);
        view["firstName"] = contact.Attributes["first_name"]?.DeepClone();
        view["lastName"] = contact.Attributes["last_name"]?.DeepClone();
        view["email"] = contact.Attributes["email"]?.DeepClone();
        view["phone"] = contact.Attributes["phone"]?.DeepClone();
        view["fields"] = contact.Attributes.DeepClone();
        view["customFields"] = CustomFields(firm, contact);
        view["tags"] = Tags(firm, contact);
        return view;
    }

    public static JsonObject Matter(LawmaticsFirm firm, LawmaticsRecord matter)
    {
        var view = Start(firm, matter);
        view["contactId"] = matter.LinkedId("contact");
        view["caseTitle"] = matter.Attributes["case_title"]?.DeepClone();
        view["status"] = RecordView.Value(firm, ResourceKind.Prospects, matter, "status");
        view["stage"] = Name(firm, ResourceKind.Stages, matter.LinkedId("stage"));
        view["stageId"] = matter.LinkedId("stage");
        view["subStatus"] = Name(firm, ResourceKind.SubStatuses, matter.LinkedId("sub_status"));
        view["practiceArea"] = Name(firm, ResourceKind.PracticeAreas, matter.LinkedId("practice_area"));
        view["fields"] = matter.Attributes.DeepClone();
        view["customFields"] = CustomFields(firm, matter);
        view["tags"] = Tags(firm, matter);
        return view;
    }

    private static JsonObject Note(LawmaticsFirm firm, LawmaticsRecord note)
    {
        var view = Start(firm, note);
        view["on"] = note.One["notable"]?.Type == ResourceKind.Prospects.Type ? "matter" : "contact";
        view["onId"] = note.LinkedId("notable");
        view["name"] = note.Text("name");
        view["body"] = note.Text("body");
        return view;
    }

    private static JsonObject Interaction(LawmaticsFirm firm, LawmaticsRecord interaction)
    {
        var view = Start(firm, interaction);
        view["matterId"] = interaction.LinkedId("prospect");
        view["type"] = interaction.Text("interaction_type");
        view["body"] = interaction.Text("body");
        view["happenedAt"] = interaction.Text("happened_at");
        return view;
    }

    private static JsonObject Entry(LawmaticsFirm firm, LawmaticsRecord entry)
    {
        var view = Start(firm, entry);
        view["form"] = entry.Text("form");
        view["made"] = entry.One["contactable"]?.Type == ResourceKind.Prospects.Type ? "matter" : "contact";
        view["madeId"] = entry.LinkedId("contactable");
        view["body"] = entry.Attributes["body"]?.DeepClone();
        return view;
    }

    private static JsonObject File(LawmaticsFirm firm, LawmaticsRecord file)
    {
        var view = Start(firm, file);
        view["onId"] = file.LinkedId("documentable");
        view["name"] = file.Text("name");
        view["folder"] = file.Attributes["folder_id"]?.DeepClone();
        view["size"] = file.Attributes["file_size"]?.DeepClone();
        view["sha256"] = file.Text("sha256");
        return view;
    }

    private static JsonObject Start(LawmaticsFirm firm, LawmaticsRecord record) =>
        new() { ["id"] = record.Id, ["createdAt"] = firm.Time(record.CreatedAt), ["updatedAt"] = firm.Time(record.UpdatedAt) };

    private static JsonArray All(LawmaticsFirm firm, ResourceKind kind, Func<LawmaticsFirm, LawmaticsRecord, JsonObject> view) =>
        new([.. firm.Table(kind).Values.Select(r => view(firm, r))]);

    private static string? Name(LawmaticsFirm firm, ResourceKind kind, long? id) => firm.Find(kind, id)?.Text("name");

    private static JsonObject CustomFields(LawmaticsFirm firm, LawmaticsRecord record) => new(record.CustomValues.Select(v =>
    {
        var field = firm.Find(ResourceKind.CustomFields, v.Key);
        return KeyValuePair.Create(field?.Text("name") ?? v.Key.ToString(), (JsonNode?)(field is null ? null : CustomFieldView.Formatted(field, v.Value)));
    }));

    private static JsonArray Tags(LawmaticsFirm firm, LawmaticsRecord record) =>
        new([.. (record.Many.GetValueOrDefault("tags") ?? []).Select(t => (JsonNode?)Name(firm, ResourceKind.Tags, t.Id))]);
}
