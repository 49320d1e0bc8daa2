using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>Notes, written by themselves or within a contact or a matter, and tags.</summary>
internal static class NoteWriter
{
    /// <summary>The notes within a body, checked.</summary>
    /// <exception cref="LawmaticsRefusal">They are no list of notes.</exception>
    public static IReadOnlyList<(string Name, string Body)> Inline(JsonObject body)
    {
        if (body["notes"] is not { } given)
        {
            return [];
        }

        return given is JsonArray notes
            ? [.. notes.Select(n => (Text(n as JsonObject, "name"), Text(n as JsonObject, "body")))]
            : throw LawmaticsRefusal.Invalid("Notes must be a list.");
    }

    public static void AddAll(LawmaticsFirm firm, ResourceKind kind, LawmaticsRecord to, IReadOnlyList<(string Name, string Body)> notes, DateTimeOffset now)
    {
        foreach (var (name, body) in notes)
        {
            Add(firm, kind, to, name, body, now);
        }
    }

    public static LawmaticsRecord Add(LawmaticsFirm firm, ResourceKind kind, LawmaticsRecord to, string name, string body, DateTimeOffset now)
    {
        var note = firm.Add(ResourceKind.Notes, now, new JsonObject { ["name"] = name, ["body"] = body });
        var recipient = new RecordLink(kind.Type, to.Id);
        note.One["notable"] = recipient;
        note.One["created_by"] = new RecordLink(ResourceKind.Users.Type, LawmaticsSeed.UserId);
        Timeline.Add(firm, "note.create", new RecordLink(ResourceKind.Notes.Type, note.Id), recipient, now);
        if (kind == ResourceKind.Prospects)
        {
            firm.Raise("matter.note_added", "matter_id", to.Id);
        }

        return note;
    }

    /// <summary>The names of a body's tags; null where it says nothing of them.</summary>
    /// <exception cref="LawmaticsRefusal">They are no list of names.</exception>
    public static IReadOnlyList<string>? Tags(JsonObject body) => body["tags"] switch
    {
        null => null,
        JsonArray tags when tags.All(t => t is JsonValue v && v.TryGetValue<string>(out _)) => [.. tags.Select(t => t!.ToString())],
        _ => throw LawmaticsRefusal.Invalid("Tags must be a list of names."),
    };

    /// <summary>Puts tags on a record besides those that it has; a tag that the firm does not have is made.</summary>
    public static void AddTags(LawmaticsFirm firm, LawmaticsRecord to, IEnumerable<string> names, DateTimeOffset now)
    {
        var tags = to.Many.TryGetValue("tags", out var known) ? known : to.Many["tags"] = [];
        foreach (var name in names)
        {
            var tag = firm.Named(ResourceKind.Tags, name) ?? firm.Add(ResourceKind.Tags, now, new JsonObject { ["name"] = name });
            var link = new RecordLink(ResourceKind.Tags.Type, tag.Id);
            if (!tags.Contains(link))
            {
                tags.Add(link);
            }
        }
    }

    private static string Text(JsonObject? note, string name) => note?[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
        ? text
        : throw LawmaticsRefusal.Invalid($"Note {name} can't be blank.");
}
