using System.Globalization;
using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary><c>/notes</c>, <c>/interactions</c> and <c>/activities</c>, of which the last can only be read.</summary>
internal sealed class NoteRoutes(LawmaticsGate gate)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var kind in new[] { ResourceKind.Notes, ResourceKind.Interactions, ResourceKind.Activities })
        {
            gate.Get(routes, kind.Path, call => RecordQuery.Answer(call, kind, call.Firm.Table(kind).Values));
            gate.Get(routes, kind.Path + "/{id:long}", call => LawmaticsAnswer.Ok(call.View(kind, call.Record(kind))));
        }

        gate.Post(routes, "notes", CreateNote);
        gate.Post(routes, "interactions", CreateInteraction);
    }

    private static LawmaticsAnswer CreateNote(LawmaticsCall call)
    {
        var body = call.Json();
        var type = Required(body, "notable_type");
        var kind = type switch
        {
            "Prospect" => ResourceKind.Prospects,
            "Contact" when !call.Firm.Options.RefuseContactNotes => ResourceKind.Contacts,
            _ => throw LawmaticsRefusal.Invalid($"Notable type {type} is not supported."),
        };
        var (name, text, id) = (Required(body, "name"), Required(body, "body"), Required(body, "notable_id"));
        var to = call.Firm.Find(kind, id) ?? throw LawmaticsRefusal.Invalid($"{kind.Title} with id {id} does not exist.");
        return LawmaticsAnswer.Created(call.View(ResourceKind.Notes, NoteWriter.Add(call.Firm, kind, to, name, text, call.Now)));
    }

    private static LawmaticsAnswer CreateInteraction(LawmaticsCall call)
    {
        var body = call.Json();
        var (when, id) = (Required(body, "happened_at"), Required(body, "prospect_id"));
        var attributes = new JsonObject { ["body"] = Required(body, "body"), ["interaction_type"] = Required(body, "interaction_type") };
        if (!DateTimeOffset.TryParse(when, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            throw LawmaticsRefusal.Invalid("Happened at is invalid.");
        }

        var matter = call.Firm.Find(ResourceKind.Prospects, id) ?? throw LawmaticsRefusal.Invalid($"Prospect with id {id} does not exist.");
        attributes["happened_at"] = call.Firm.Time(at);
        var interaction = call.Firm.Add(ResourceKind.Interactions, call.Now, attributes);
        interaction.One["prospect"] = MatterWriter.Link(matter);
        interaction.One["created_by"] = new RecordLink(ResourceKind.Users.Type, LawmaticsSeed.UserId);
        Timeline.Add(call.Firm, "interaction.create", new RecordLink(ResourceKind.Interactions.Type, interaction.Id), MatterWriter.Link(matter), call.Now);
        return LawmaticsAnswer.Created(call.View(ResourceKind.Interactions, interaction));
    }

    private static string Required(JsonObject body, string name) => body[name]?.ToString() is { Length: > 0 } text
        ? text
        : throw LawmaticsRefusal.Invalid($"{name} can't be blank.");
}
