namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>A kind of record: where it is, what it is called, and what can be read of it.</summary>
/// <param name="Path">The path under <c>/v1</c>.</param>
/// <param name="Type">The <c>type</c> of its records.</param>
/// <param name="Title">What errors call it.</param>
internal sealed record ResourceKind(string Path, string Type, string Title)
{
    private static readonly string[] Person = ["first_name", "last_name", "email", "phone"];

    /// <summary>What a matter's calls may say of its contact.</summary>
    public static readonly IReadOnlyList<string> PersonFields =
        [.. Person, "middle_name", "street", "street2", "city", "state", "zipcode", "country", "birthdate", "gender"];

    public static readonly ResourceKind Contacts = new("contacts", "contact", "Contact")
    {
        Attributes = [.. PersonFields, "contact_type", "custom_fields"],
        Defaults = [.. Person, "created_at", "updated_at"],
        One = ["client", "company", "created_by"],
        Many = ["prospects", "notes", "tags"],
    };

    public static readonly ResourceKind Prospects = new("prospects", "prospect", "Prospect")
    {
        Attributes = [.. PersonFields, .. MatterFields.All, "status", "sub_status", "converted_date", "custom_fields", "custom_field_values"],
        Defaults = [.. Person, "created_at", "updated_at"],
        One = [.. MatterFields.Links.Keys, "contact", "company"],
        Many = ["notes", "tasks", "tags", "assigned_staff"],

        // The documents' own sample, wrong as it is.
        LinkPath = "prospect",
    };

    public static readonly ResourceKind Pipelines = new("pipelines", "pipeline", "Pipeline")
    {
        Attributes = ["name", "description", "statuses", "pipeline_type", "matter_count", "estimated_value"],
        One = ["created_by"],
        Many = ["stages"],
    };

    public static readonly ResourceKind Stages = new("stages", "stage", "Stage")
    {
        Attributes = ["name", "color", "order"],
        One = ["pipeline"],
        Many = ["prospects"],
    };

    public static readonly ResourceKind SubStatuses = new("sub_statuses", "sub_status", "Sub status")
    {
        Attributes = ["name", "status"],
        Defaults = ["name", "status", "created_at", "updated_at"],
        WriteType = "prospect_sub_status",
    };

    public static readonly ResourceKind PracticeAreas = new("practice_areas", "practice_area", "Practice area")
    {
        Attributes = ["name", "color", "statute_of_limitations_enabled"],
    };

    public static readonly ResourceKind Sources = new("sources", "source", "Source") { Attributes = ["name"] };

    public static readonly ResourceKind Campaigns = new("campaigns", "campaign", "Campaign") { Attributes = ["name"] };

    public static readonly ResourceKind Tags = new("tags", "tag", "Tag") { Attributes = ["name"] };

    public static readonly ResourceKind Users = new("users", "user", "User")
    {
        Attributes = ["name", "email"],
        Defaults = ["name", "email", "created_at", "updated_at"],
        One = ["current_firm"],
    };

    public static readonly ResourceKind Notes = new("notes", "note", "Note")
    {
        Attributes = ["name", "body"],
        Defaults = ["name", "body", "created_at", "updated_at"],
        One = ["notable", "created_by"],
    };

    public static readonly ResourceKind Interactions = new("interactions", "interaction", "Interaction")
    {
        Attributes = ["happened_at", "body", "interaction_type"],
        Defaults = ["happened_at", "body", "interaction_type", "created_at", "updated_at"],
        One = ["prospect", "created_by"],
        FilterAliases = new(StringComparer.Ordinal) { ["matter_id"] = "prospect_id" },
    };

    public static readonly ResourceKind Activities = new("activities", "timeline_activity", "Activity")
    {
        Attributes = ["key", "type", "detail_keys", "parent_id"],
        Defaults = ["key", "type", "detail_keys", "parent_id", "created_at", "updated_at"],
        One = ["owner", "tracked", "recipient"],
        FilterAliases = new(StringComparer.Ordinal) { ["event"] = "key" },
    };

    public static readonly ResourceKind CustomFields = new("custom_fields", "custom_field", "Custom field")
    {
        Attributes = ["name", "type", "field_type", "practice_area", "list_options", "visibility"],
        Paged = false,
    };

    public static readonly ResourceKind Files = new("files", "file", "File")
    {
        Attributes = ["name", "file_name", "file_size", "file_type", "file_url", "folder_id"],
        Defaults = ["name", "file_name", "file_size", "file_type", "file_url", "folder_id", "created_at", "updated_at"],
        One = ["documentable"],
        LinkPath = "documents",
    };

    public static readonly ResourceKind Entries = new("entries", "form_entry", "Entry")
    {
        Attributes = ["body"],
        One = ["custom_form", "contactable"],
    };

    /// <summary>The attributes, the times of creation and change apart, which all have.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>The attributes of a read that names no fields.</summary>
    public IReadOnlyList<string> Defaults { get; init; } = ["name", "created_at", "updated_at"];

    /// <summary>The relationships to one record.</summary>
    public IReadOnlyList<string> One { get; init; } = [];

    /// <summary>The relationships to any number of records.</summary>
    public IReadOnlyList<string> Many { get; init; } = [];

    /// <summary>Names that a filter may use for others.</summary>
    public Dictionary<string, string> FilterAliases { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The path in <c>links</c>, where it is not the one that works.</summary>
    public string? LinkPath { get; init; }

    /// <summary>The <c>type</c> in the answer to a write, where it is another.</summary>
    public string? WriteType { get; init; }

    /// <summary>Whether lists come in pages, with <c>meta</c> and <c>links</c>.</summary>
    public bool Paged { get; init; } = true;

    public bool Has(string attribute) => attribute is "created_at" or "updated_at" || Attributes.Contains(attribute, StringComparer.Ordinal);
}
