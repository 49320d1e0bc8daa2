using System.Text.Json.Serialization;

namespace Kayse.Sandbox.Lawmatics.Forms;

/// <summary>A form that a firm has made.</summary>
internal sealed record LawmaticsForm
{
    /// <summary>The id in the form's public address, which the API uses too.</summary>
    public required string Uuid { get; init; }

    public required string Name { get; init; }

    public FormType Type { get; init; } = FormType.Prospect;

    /// <summary>What the form shows, one component a row.</summary>
    public required IReadOnlyList<FormComponent> Components { get; init; }
}

/// <summary>What a form makes.</summary>
internal enum FormType
{
    /// <summary>A matter with its contact.</summary>
    Prospect,

    /// <summary>A contact.</summary>
    Contact,
}

/// <summary>One thing on a form.</summary>
internal sealed record FormComponent
{
    /// <summary>The key of its value, such as <c>email</c> or <c>custom_field_2263</c>.</summary>
    public required string Id { get; init; }

    public required string Label { get; init; }

    public string FieldType { get; init; } = "string";

    /// <summary><c>field</c> or <c>general_field</c>; the names of the other two are the sandbox's own.</summary>
    public string ComponentType { get; init; } = "field";

    public bool Required { get; init; }

    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Whether the form cannot be submitted by the API for having this: payment gateways and relationship blocks.</summary>
    [JsonIgnore]
    public bool BlocksApi => ComponentType is "payment_gateway" or "relationship";
}
