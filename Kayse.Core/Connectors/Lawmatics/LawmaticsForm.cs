using System.Text.Json;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>A form that the firm has made in Lawmatics.</summary>
/// <param name="Id">Its id: the one of its public address, not the one that the app's address shows.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it makes: <c>Prospect</c> (a matter with its contact) or <c>Contact</c>; null where Lawmatics does not say it.</param>
/// <param name="Fields">What it asks for; null where Lawmatics did not tell.</param>
/// <param name="CannotSubmit">Why it cannot be submitted from here; null when it can.</param>
public sealed record LawmaticsForm(string Id, string Name, string? Type, IReadOnlyList<LawmaticsFormField>? Fields, string? CannotSubmit)
{
    // Columns within sections; what goes deeper is not Lawmatics'.
    private const int MaxDepth = 8;

    private static readonly string[] s_inputs = ["field", "general_field"];

    // What a form takes besides its own fields (docs.lawmatics.com).
    private static readonly string[] s_extra = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "referring_url"];

    /// <summary>What else to know before it is submitted.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads a form (docs.lawmatics.com: <c>rows[].components[{id, field_type, label, component_type, required, list_options}]</c>).</summary>
    /// <param name="record">The form.</param>
    /// <param name="settings">Which components a form cannot be submitted with.</param>
    public static LawmaticsForm Read(LawmaticsRecord record, LawmaticsFormSettings settings)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(settings);
        var components = Components(record)?.ToList();
        var fields = components?.Select(component => LawmaticsFormField.Read(component, settings)).ToList();
        var blocks = fields?.Where(field => field.Blocks is not null).ToList() ?? [];
        return new LawmaticsForm(
            record.Id, record.Text("name") ?? record.Id, record.Text("type"),
            // A heading or a picture asks for nothing.
            fields?.Where(field => field.Blocks is not null || field.Id.Length > 0).ToList(),
            blocks.Count == 0 ? null
                : $"Lawmatics' API cannot take this form: it has {string.Join(" and ", blocks.Select(field => field.Blocks).Distinct(StringComparer.Ordinal))}. Send the client the form's own address, or use a form without.")
        { Warnings = [.. Warn(components ?? [], settings)] };
    }

    /// <summary>What is wrong with values for the form, by the field's id.</summary>
    public IReadOnlyList<FieldError> Check(IReadOnlyDictionary<string, JsonElement> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var fields = (Fields ?? []).DistinctBy(field => field.Id, StringComparer.Ordinal).ToDictionary(field => field.Id, StringComparer.Ordinal);
        var errors = new List<FieldError>();
        foreach (var (id, value) in values)
        {
            if (fields.TryGetValue(id, out var field) && field.Problem(value) is { } problem)
            {
                errors.Add(new FieldError(id, problem));
            }
            else if (field is null && Fields is not null && !s_extra.Contains(id))
            {
                errors.Add(new FieldError(id, "The form has no such field."));
            }
        }

        errors.AddRange(fields.Values.Where(field => field.Required && !IsGiven(values, field.Id)).Select(field => new FieldError(field.Id, $"«{field.Label}» is required.")));
        return errors;
    }

    private static bool IsGiven(IReadOnlyDictionary<string, JsonElement> values, string id) =>
        values.TryGetValue(id, out var value) && value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.Undefined => false,
            JsonValueKind.String => !string.IsNullOrWhiteSpace(JsonText.String(value)),
            _ => true,
        };

    internal static bool IsInput(string? componentType) => componentType is null || s_inputs.Contains(componentType, StringComparer.OrdinalIgnoreCase);

    // Its documents name fields alone; what else there is they do not say.
    private static IEnumerable<string> Warn(IReadOnlyList<JsonElement> components, LawmaticsFormSettings settings)
    {
        var unknown = components.Where(component => !Nested(component).Any()).Select(component => JsonText.Text(component, "component_type"))
            .Where(type => !IsInput(type) && !settings.BlockedComponents.Any(word => type!.Contains(word, StringComparison.OrdinalIgnoreCase)))
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (unknown.Count > 0)
        {
            yield return $"It has components that Kayse does not know: {string.Join(", ", unknown)}. Lawmatics' API may not take the form.";
        }
    }

    private static IEnumerable<JsonElement>? Components(LawmaticsRecord record) => record.Attribute("rows") is { ValueKind: JsonValueKind.Array } rows
        ? Items(rows).SelectMany(row => Items(JsonText.Property(row, "components"))).SelectMany(component => WithNested(component, 1))
        : null;

    private static IEnumerable<JsonElement> WithNested(JsonElement component, int depth) =>
        depth >= MaxDepth ? [component] : Nested(component).SelectMany(inner => WithNested(inner, depth + 1)).Prepend(component);

    private static IEnumerable<JsonElement> Nested(JsonElement component) =>
        Items(JsonText.Property(component, "components")).Concat(Items(JsonText.Property(component, "rows")).SelectMany(row => Items(JsonText.Property(row, "components"))));

    private static IEnumerable<JsonElement> Items(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object) : [];
}

/// <summary>A field of a form.</summary>
/// <param name="Id">The key of its value, e.g. <c>email</c> or <c>custom_field_2263</c>.</param>
/// <param name="Label">What the form shows.</param>
/// <param name="FieldType">Its type as Lawmatics names it.</param>
/// <param name="Required">True when it must be given.</param>
/// <param name="Options">The values that it takes; empty for any.</param>
/// <param name="Blocks">What it is, where a form that has it cannot be submitted from here; null for any other.</param>
public sealed record LawmaticsFormField(string Id, string Label, string? FieldType, bool Required, IReadOnlyList<LawmaticsFormOption> Options, string? Blocks)
{
    /// <summary>Reads a component.</summary>
    public static LawmaticsFormField Read(JsonElement component, LawmaticsFormSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (type, fieldType) = (JsonText.Text(component, "component_type"), JsonText.Text(component, "field_type"));
        var block = settings.BlockedComponents.FirstOrDefault(word => type?.Contains(word, StringComparison.OrdinalIgnoreCase) == true || fieldType?.Contains(word, StringComparison.OrdinalIgnoreCase) == true);
        var id = JsonText.Text(component, "id") ?? string.Empty;
        return new LawmaticsFormField(
            // What is no input has an id too, and no value.
            block is null && !LawmaticsForm.IsInput(type) && !JsonText.IsTrue(component, "required") && fieldType is null ? string.Empty : id,
            JsonText.Text(component, "label") is { Length: > 0 } label ? label : id,
            fieldType,
            JsonText.IsTrue(component, "required"),
            [.. OptionsOf(component)],
            block switch
            {
                null => null,
                "payment" => "a payment gateway",
                "relationship" => "a relationship block",
                _ => $"a component of the type {type ?? fieldType}",
            });
    }

    /// <summary>What is wrong with a value, or null.</summary>
    public string? Problem(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(one => one.ValueKind is JsonValueKind.Object or JsonValueKind.Array)))
        {
            return "Expected a text, a number, true or false, or a list of them.";
        }

        var given = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        return Options.Count > 0 && !given.All(Fits) ? $"Expected one of: {string.Join(", ", Options.Select(option => option.Value))}." : null;
    }

    private bool Fits(JsonElement value) => value.ValueKind is JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.String && JsonText.String(value) is { } text && (text.Length == 0 || Options.Any(option => option.Value == text || option.Label == text)))
        || (value.ValueKind != JsonValueKind.String && Options.Any(option => option.Value == value.GetRawText()));

    private static IEnumerable<LawmaticsFormOption> OptionsOf(JsonElement component) => JsonText.Property(component, "list_options") is { ValueKind: JsonValueKind.Array } options
        ? options.EnumerateArray().Select(OptionOf).OfType<LawmaticsFormOption>()
        : [];

    private static LawmaticsFormOption? OptionOf(JsonElement option)
    {
        if (option.ValueKind == JsonValueKind.String)
        {
            return JsonText.String(option) is { } text ? new LawmaticsFormOption(text, text) : null;
        }

        var label = JsonText.Text(option, "label") ?? JsonText.Text(option, "name");
        var value = JsonText.Text(option, "value") ?? label;
        return value is null ? null : new LawmaticsFormOption(label ?? value, value);
    }
}

/// <summary>A value that a field takes.</summary>
/// <param name="Label">What the form shows.</param>
/// <param name="Value">What is sent.</param>
public sealed record LawmaticsFormOption(string Label, string Value);
