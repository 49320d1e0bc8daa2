using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>Writing matters with their contact. Nothing is looked for twice: two calls that say the same make two matters.</summary>
internal static class MatterWriter
{
    private static readonly ResourceKind Kind = ResourceKind.Prospects;

    /// <exception cref="LawmaticsRefusal">A value cannot be; nothing is written.</exception>
    public static LawmaticsRecord Create(LawmaticsFirm firm, JsonObject body, DateTimeOffset now)
    {
        var matter = firm.Draft(now);
        matter.One["stage"] = firm.Options.MissingStage == MissingStage.First ? FirstStage(firm) : null;
        Apply(firm, matter, body, honoursStage: !firm.Options.IgnoreStage);
        var known = Contact(firm, body);
        var contact = ContactWriter.Prepare(firm, known, body, now);
        var (notes, tags) = (NoteWriter.Inline(body), NoteWriter.Tags(body));
        if (known is null || PersonWriter.SaysAnything(body))
        {
            ContactWriter.Accept(firm, contact, known is null, now);
        }

        matter.One["contact"] = ContactWriter.Link(contact);
        firm.Add(Kind, matter);
        Timeline.Add(firm, "prospect.create", Link(matter), Link(matter), now);
        firm.Raise("matter.created", "matter_id", matter.Id);
        AfterWrite(firm, matter, "pnc", stageBefore: matter.LinkedId("stage"), now);
        NoteWriter.AddTags(firm, matter, tags ?? [], now);
        NoteWriter.AddAll(firm, Kind, matter, notes, now);
        return matter;
    }

    /// <param name="firm">Whose matter it is.</param>
    /// <param name="known">The matter as it was.</param>
    /// <param name="body">What to write over it.</param>
    /// <param name="now">The time.</param>
    /// <param name="byApi">Whether the API writes: a person in Lawmatics can always move a stage.</param>
    /// <exception cref="LawmaticsRefusal">A value cannot be; nothing is written.</exception>
    public static LawmaticsRecord Update(LawmaticsFirm firm, LawmaticsRecord known, JsonObject body, DateTimeOffset now, bool byApi = true)
    {
        var matter = known.Copy();
        Apply(firm, matter, body, honoursStage: !byApi || !firm.Options.IgnoreStage);
        var (notes, tags) = (NoteWriter.Inline(body), NoteWriter.Tags(body));
        var contact = body["contact_id"] is { } id ? KnownContact(firm, id) : firm.Find(ResourceKind.Contacts, matter.LinkedId("contact"));
        if (contact is not null && PersonWriter.SaysAnything(body))
        {
            contact = ContactWriter.Prepare(firm, contact, body, now);
            ContactWriter.Accept(firm, contact, isNew: false, now);
        }

        matter.One["contact"] = contact is null ? null : ContactWriter.Link(contact);
        matter.UpdatedAt = LawmaticsFirm.Precise(now);
        firm.Add(Kind, matter);
        Timeline.Add(firm, "prospect.update", Link(matter), Link(matter), now);
        firm.Raise("matter.updated", "matter_id", matter.Id);
        AfterWrite(firm, matter, Status(firm, known), known.LinkedId("stage"), now);
        if (tags is not null)
        {
            matter.Many.Remove("tags");
            NoteWriter.AddTags(firm, matter, tags, now);
        }

        NoteWriter.AddAll(firm, Kind, matter, notes, now);
        return matter;
    }

    public static RecordLink Link(LawmaticsRecord matter) => new(Kind.Type, matter.Id);

    private static void Apply(LawmaticsFirm firm, LawmaticsRecord matter, JsonObject body, bool honoursStage)
    {
        foreach (var name in MatterFields.All.Where(body.ContainsKey))
        {
            matter.Attributes[name] = body[name]?.DeepClone();
        }

        foreach (var (name, path) in MatterFields.Links.Where(l => body.ContainsKey(l.Key + "_id")))
        {
            var link = Linked(firm, name, path, body[name + "_id"]);
            if (name != "stage" || honoursStage)
            {
                matter.One[name] = link;
            }
        }

        if (body["assigned_staff_ids"] is JsonArray staff)
        {
            matter.Many["assigned_staff"] = [.. staff.Select(s => Linked(firm, "assigned_staff", "users", s)).OfType<RecordLink>()];
        }

        CustomFieldWriter.Write(firm, "Prospect", matter, body);
    }

    private static RecordLink? Linked(LawmaticsFirm firm, string name, string path, JsonNode? id)
    {
        if (id is null)
        {
            return null;
        }

        return firm.Records.TryGetValue(path, out var table) && long.TryParse(id.ToString(), out var number) && table.ContainsKey(number)
            ? new RecordLink(Types[path], number)
            : throw LawmaticsRefusal.Invalid($"{name} with id {id} does not exist.");
    }

    private static readonly Dictionary<string, string> Types = new[]
    {
        ResourceKind.Stages, ResourceKind.SubStatuses, ResourceKind.PracticeAreas, ResourceKind.Sources, ResourceKind.Campaigns, ResourceKind.Contacts, ResourceKind.Users,
    }.ToDictionary(k => k.Path, k => k.Type, StringComparer.Ordinal);

    /// <summary>The contact that a new matter is for: the one named, else the oldest that is the same person.</summary>
    private static LawmaticsRecord? Contact(LawmaticsFirm firm, JsonObject body)
    {
        if (body["contact_id"] is { } id)
        {
            return KnownContact(firm, id);
        }

        // Without a word on how to match, an e-mail address or a telephone number is matched all the same.
        IReadOnlyList<string> ways = body["match_contact_by"]?.ToString() is { Length: > 0 } way ? [way] : ["email", "phone"];
        return ways.Select(w => Finder.By.Contains(w) ? Finder.Exact(firm, w, Value(body, w)) : throw LawmaticsRefusal.Invalid("Match contact by is invalid."))
            .FirstOrDefault(c => c is not null);
    }

    private static string Value(JsonObject body, string by) => by == "name"
        ? $"{body["first_name"]} {body["last_name"]}"
        : body[by]?.ToString() ?? "";

    private static LawmaticsRecord KnownContact(LawmaticsFirm firm, JsonNode id) =>
        firm.Find(ResourceKind.Contacts, id.ToString()) ?? throw LawmaticsRefusal.Invalid($"Contact with id {id} does not exist.");

    private static RecordLink? FirstStage(LawmaticsFirm firm)
    {
        var intake = firm.Table(ResourceKind.Pipelines).Values.FirstOrDefault(p => p.Text("pipeline_type") == "intake");
        var first = firm.Table(ResourceKind.Stages).Values.Where(s => s.LinkedId("pipeline") == intake?.Id).MinBy(s => (int?)s.Attributes["order"]);
        return first is null ? null : new RecordLink(ResourceKind.Stages.Type, first.Id);
    }

    private static string Status(LawmaticsFirm firm, LawmaticsRecord matter) => RecordView.Value(firm, Kind, matter, "status")!.ToString();

    private static void AfterWrite(LawmaticsFirm firm, LawmaticsRecord matter, string statusBefore, long? stageBefore, DateTimeOffset now)
    {
        var status = Status(firm, matter);
        if (status != statusBefore)
        {
            firm.Raise("matter.status_changed", "matter_id", matter.Id);
        }

        if (status == "hired" && statusBefore != "hired")
        {
            matter.Attributes["converted_date"] = firm.Time(now);
            firm.Raise("matter.converted", "matter_id", matter.Id);
        }

        if (matter.LinkedId("stage") != stageBefore)
        {
            firm.Raise("matter.stage_changed", "matter_id", matter.Id);
        }
    }
}
