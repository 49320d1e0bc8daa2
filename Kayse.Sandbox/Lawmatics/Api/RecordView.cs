using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>Records as the API shows them: <c>data</c> with its id as text, the attributes and relationships that were asked for.</summary>
internal static class RecordView
{
    /// <param name="firm">Whose record it is.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="record">The record.</param>
    /// <param name="fields">A comma list in the order wanted, <c>all</c>, or null for the kind's defaults.</param>
    /// <param name="full">All is shown also where no fields are named.</param>
    /// <param name="type">The type where it is not the kind's.</param>
    public static JsonObject Of(LawmaticsFirm firm, ResourceKind kind, LawmaticsRecord record, string? fields, bool full = false, string? type = null)
    {
        var (attributes, relationships) = (new JsonObject(), new JsonObject());
        foreach (var name in Names(kind, fields, full))
        {
            if (kind.Has(name))
            {
                attributes[name] = Value(firm, kind, record, name);
            }
            else if (Related(firm, kind, record, name) is { } related)
            {
                relationships[name] = related;
            }
        }

        return new JsonObject { ["id"] = record.Id.ToString(), ["type"] = type ?? kind.Type, ["attributes"] = attributes, ["relationships"] = relationships };
    }

    /// <summary>What an attribute is now, whether it was written or follows from other records.</summary>
    public static JsonNode? Value(LawmaticsFirm firm, ResourceKind kind, LawmaticsRecord record, string name) => name switch
    {
        "created_at" => firm.Time(record.CreatedAt),
        "updated_at" => firm.Time(record.UpdatedAt),
        "custom_fields" => CustomFieldView.Rows(firm, kind, record),
        "custom_field_values" => CustomFieldView.ById(firm, kind, record),
        "matter_count" => MattersOf(firm, record).Count(),
        _ when kind == ResourceKind.Prospects => Matter(firm, record, name),
        _ => record.Attributes[name]?.DeepClone(),
    };

    private static IEnumerable<string> Names(ResourceKind kind, string? fields, bool full)
    {
        var wantsAll = fields is null ? full : fields.Trim().Equals("all", StringComparison.OrdinalIgnoreCase);
        return wantsAll
            ? [.. kind.Attributes, "created_at", "updated_at", .. kind.One, .. kind.Many]
            : fields?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal) ?? kind.Defaults;
    }

    private static JsonNode? Matter(LawmaticsFirm firm, LawmaticsRecord matter, string name)
    {
        if (ResourceKind.PersonFields.Contains(name, StringComparer.Ordinal))
        {
            return firm.Find(ResourceKind.Contacts, matter.LinkedId("contact"))?.Attributes[name]?.DeepClone();
        }

        var subStatus = firm.Find(ResourceKind.SubStatuses, matter.LinkedId("sub_status"));
        return name switch
        {
            "status" => subStatus?.Text("status") ?? "pnc",
            "sub_status" => subStatus?.Text("name") ?? "Pnc",
            _ => matter.Attributes[name]?.DeepClone(),
        };
    }

    private static JsonObject? Related(LawmaticsFirm firm, ResourceKind kind, LawmaticsRecord record, string name)
    {
        if (kind.One.Contains(name, StringComparer.Ordinal))
        {
            return new JsonObject { ["data"] = record.One.GetValueOrDefault(name) is { } link ? Link(link) : null };
        }

        return kind.Many.Contains(name, StringComparer.Ordinal)
            ? new JsonObject { ["data"] = new JsonArray([.. Links(firm, kind, record, name).Select(Link)]) }
            : null;
    }

    private static IEnumerable<RecordLink> Links(LawmaticsFirm firm, ResourceKind kind, LawmaticsRecord record, string name) => (kind.Path, name) switch
    {
        ("contacts", "prospects") => Pointing(firm, ResourceKind.Prospects, "contact", kind, record),
        ("stages", "prospects") => Pointing(firm, ResourceKind.Prospects, "stage", kind, record),
        ("pipelines", "stages") => Pointing(firm, ResourceKind.Stages, "pipeline", kind, record),
        (_, "notes") => Pointing(firm, ResourceKind.Notes, "notable", kind, record),
        _ => record.Many.GetValueOrDefault(name) ?? [],
    };

    private static IEnumerable<RecordLink> Pointing(LawmaticsFirm firm, ResourceKind from, string relationship, ResourceKind to, LawmaticsRecord record)
    {
        var target = new RecordLink(to.Type, record.Id);
        return firm.Table(from).Values.Where(r => r.One.GetValueOrDefault(relationship) == target).Select(r => new RecordLink(from.Type, r.Id));
    }

    private static IEnumerable<LawmaticsRecord> MattersOf(LawmaticsFirm firm, LawmaticsRecord pipeline) => firm.Table(ResourceKind.Prospects).Values
        .Where(m => firm.Find(ResourceKind.Stages, m.LinkedId("stage"))?.LinkedId("pipeline") == pipeline.Id);

    private static JsonNode Link(RecordLink link) => new JsonObject { ["id"] = link.Id.ToString(), ["type"] = link.Type };
}
