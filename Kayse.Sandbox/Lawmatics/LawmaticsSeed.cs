using System.Text.Json.Nodes;
using Kayse.Sandbox.Lawmatics.Api;
using Kayse.Sandbox.Lawmatics.Forms;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>What a firm has before anybody has worked in it. All of it is invented.</summary>
internal static class LawmaticsSeed
{
    /// <summary>The admin who allows applications, and whom the API takes itself for.</summary>
    public const long UserId = 17;

    private static readonly (long Id, string Name, long Pipeline)[] Stages =
    [
        (147, "New Lead", 4), (148, "Consultation", 4), (149, "Retained", 4), (150, "Lost", 4),
        (151, "Open", 5), (152, "Closed", 5), (153, "Family Law Intake", 4), (154, "Injury Intake", 4),
    ];

    private static readonly (long Id, string Name, string Status)[] SubStatuses =
        [(1, "Pnc", "pnc"), (2, "Consultation Booked", "pnc"), (3, "Hired", "hired"), (4, "Lost", "lost"), (5, "Retained", "hired")];

    private static readonly (long Id, string Name)[] PracticeAreas =
        [(986, "Family Law"), (987, "Personal Injury"), (988, "Mass Torts"), (989, "Estate Planning"), (990, "Immigration"), (991, "Criminal Defense"), (992, "Bankruptcy")];

    private static readonly (long Id, string Name, string On, string Type, string[] Options)[] CustomFields =
    [
        (4788, "Referred By", "Contact", "string", []),
        (4789, "Prefers E-mail", "Contact", "boolean", []),
        (4790, "Language", "Contact", "list", ["English", "Spanish", "Other"]),
        (4791, "Date of First Contact", "Contact", "date", []),
        (6433, "Served", "Prospect", "boolean", []),
        (6434, "Number of Children", "Prospect", "integer", []),
        (6435, "Opposing Party", "Prospect", "string", []),
        (6436, "Incident Description", "Prospect", "text", []),
        (6437, "Damages Claimed", "Prospect", "currency", []),
        (6438, "Date of Incident", "Prospect", "date", []),
        (6439, "Time of Incident", "Prospect", "time", []),
        (6440, "Consultation At", "Prospect", "datetime", []),
        (6441, "Custody", "Prospect", "list", ["Joint", "Sole", "Undecided"]),
        (6442, "Symptoms", "Prospect", "multi_picklist", ["Nausea", "Pain", "Weight loss"]),
        (6443, "Referring Contact", "Prospect", "lookup", []),
        (6444, "Firm Code", "Company", "string", []),
    ];

    /// <summary>The form that can be submitted.</summary>
    public const string SimpleForm = "0a6c1f2e-1111-4d0a-9b1e-000000000001";

    /// <summary>The form with a payment gateway.</summary>
    public const string PaymentForm = "0a6c1f2e-2222-4d0a-9b1e-000000000002";

    /// <summary>The form with a relationship block.</summary>
    public const string RelationshipForm = "0a6c1f2e-3333-4d0a-9b1e-000000000003";

    /// <summary>The form that makes a contact.</summary>
    public const string ContactForm = "0a6c1f2e-4444-4d0a-9b1e-000000000004";

    /// <summary>The settings of a firm's beginning; the demo's come out as <see cref="SandboxDefaults"/> says.</summary>
    public static LawmaticsSettings Settings(string clientId, long firmId) =>
        new() { ClientSecret = clientId + "-secret", FirmId = firmId, FirmName = $"Firm {firmId}" };

    public static LawmaticsFirm Demo(DateTimeOffset now) =>
        Firm(SandboxDefaults.LawmaticsClientId, Settings(SandboxDefaults.LawmaticsClientId, SandboxDefaults.LawmaticsFirmId), now);

    public static LawmaticsFirm Firm(string clientId, LawmaticsSettings settings, DateTimeOffset now)
    {
        var firm = new LawmaticsFirm { ClientId = clientId, Settings = settings, WebhookSecret = $"whsec_{clientId}_0001" };
        var admin = firm.Add(ResourceKind.Users, now, new JsonObject { ["name"] = "Ottilie Brandreth", ["email"] = "ottilie.brandreth@example.com" }, UserId);
        admin.One["current_firm"] = new RecordLink("firm", settings.FirmId);
        AddPipelines(firm, now);
        foreach (var (id, name, status) in SubStatuses)
        {
            firm.Add(ResourceKind.SubStatuses, now, new JsonObject { ["name"] = name, ["status"] = status }, id);
        }

        foreach (var (id, name) in PracticeAreas)
        {
            firm.Add(ResourceKind.PracticeAreas, now, new JsonObject { ["name"] = name, ["color"] = "#336699", ["statute_of_limitations_enabled"] = false }, id);
        }

        firm.Add(ResourceKind.Sources, now, new JsonObject { ["name"] = "Website" }, 301);
        firm.Add(ResourceKind.Campaigns, now, new JsonObject { ["name"] = "Autumn" }, 401);
        foreach (var (id, name, on, type, options) in CustomFields)
        {
            firm.Add(ResourceKind.CustomFields, now, CustomField(name, on, type, options, id * 10), id);
        }

        firm.Forms.AddRange([Form(SimpleForm, "Website intake"), WithPayment(), WithRelationship(), Form(ContactForm, "Newsletter") with { Type = FormType.Contact, Components = People }]);
        return firm;
    }

    /// <summary>A custom field with the ids of its options counted from a number.</summary>
    public static JsonObject CustomField(string name, string on, string type, IReadOnlyList<string> options, long firstOption) => new()
    {
        ["name"] = name,
        ["type"] = on,
        ["field_type"] = type,
        ["practice_area"] = null,
        ["list_options"] = new JsonArray([.. options.Select((o, at) => new JsonObject { ["id"] = firstOption + at, ["name"] = o })]),
        ["visibility"] = "all",
    };

    private static void AddPipelines(LawmaticsFirm firm, DateTimeOffset now)
    {
        foreach (var (id, name, type) in new[] { (4L, "Intake", "intake"), (5L, "Matters", "normal") })
        {
            firm.Add(ResourceKind.Pipelines, now, new JsonObject
            {
                ["name"] = name,
                ["description"] = "",
                ["statuses"] = new JsonArray(type == "intake" ? ["pnc", "lost"] : ["hired"]),
                ["pipeline_type"] = type,
                ["estimated_value"] = 0,
            }, id);
        }

        foreach (var (id, name, pipeline) in Stages)
        {
            AddStage(firm, name, pipeline, now, id);
        }
    }

    /// <summary>A stage at the end of its pipeline.</summary>
    public static LawmaticsRecord AddStage(LawmaticsFirm firm, string name, long pipeline, DateTimeOffset now, long? id = null)
    {
        var order = firm.Table(ResourceKind.Stages).Values.Count(s => s.LinkedId("pipeline") == pipeline) + 1;
        var stage = firm.Add(ResourceKind.Stages, now, new JsonObject { ["name"] = name, ["color"] = "#88aacc", ["order"] = order }, id);
        stage.One["pipeline"] = new RecordLink(ResourceKind.Pipelines.Type, pipeline);
        return stage;
    }

    private static readonly FormComponent[] People =
    [
        new() { Id = "first_name", Label = "First name", Required = true },
        new() { Id = "last_name", Label = "Last name", Required = true },
        new() { Id = "email", Label = "E-mail", FieldType = "email" },
    ];

    private static LawmaticsForm Form(string uuid, string name) => new()
    {
        Uuid = uuid,
        Name = name,
        Components =
        [
            .. People,
            new() { Id = "phone", Label = "Telephone", FieldType = "phone" },
            new() { Id = "custom_field_6435", Label = "Opposing party" },
            new() { Id = "custom_field_6441", Label = "Custody", FieldType = "list", Options = ["Joint", "Sole", "Undecided"] },
            new() { Id = "general_field_1e50", Label = "How did you hear of us?", ComponentType = "general_field" },
        ],
    };

    private static LawmaticsForm WithPayment() => Form(PaymentForm, "Consultation with deposit") with
    {
        Components = [.. People, new() { Id = "payment_1", Label = "Deposit", FieldType = "payment", ComponentType = "payment_gateway" }],
    };

    private static LawmaticsForm WithRelationship() => Form(RelationshipForm, "Family questionnaire") with
    {
        Components = [.. People, new() { Id = "relationship_1", Label = "Spouse", FieldType = "relationship", ComponentType = "relationship" }],
    };
}
