namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary><c>/contacts</c>.</summary>
internal sealed class ContactRoutes(LawmaticsGate gate)
{
    private static readonly ResourceKind Kind = ResourceKind.Contacts;

    public void Map(IEndpointRouteBuilder routes)
    {
        Finder.Map(gate, routes, Kind);
        gate.Get(routes, "contacts", call => RecordQuery.Answer(call, Kind, call.Firm.Table(Kind).Values));
        gate.Get(routes, "contacts/{id:long}", call => LawmaticsAnswer.Ok(call.View(Kind, call.Record(Kind))));
        gate.Post(routes, "contacts", Create);
        gate.Put(routes, "contacts/{id:long}", Update);
        gate.Delete(routes, "contacts/{id:long}", Delete);
    }

    private static LawmaticsAnswer Create(LawmaticsCall call)
    {
        var (firm, body) = (call.Firm, call.Json());
        var known = Finder.Exact(firm, "email", body["email"]?.ToString() ?? "");
        if (known is not null && firm.Options.DuplicateEmail == DuplicateEmail.Merge)
        {
            return LawmaticsAnswer.Ok(call.View(Kind, ContactWriter.Update(firm, known, body, call.Now)));
        }

        return known is not null && firm.Options.DuplicateEmail == DuplicateEmail.Refuse
            ? throw LawmaticsRefusal.Invalid("Email has already been taken.")
            : LawmaticsAnswer.Created(call.View(Kind, ContactWriter.Create(firm, body, call.Now)));
    }

    private static LawmaticsAnswer Update(LawmaticsCall call) =>
        LawmaticsAnswer.Ok(call.View(Kind, ContactWriter.Update(call.Firm, call.Record(Kind), call.Json(), call.Now)));

    private static LawmaticsAnswer Delete(LawmaticsCall call)
    {
        var contact = call.Record(Kind);
        var view = call.View(Kind, contact);
        call.Firm.Table(Kind).Remove(contact.Id);
        call.Firm.Raise("contact.deleted", "contact_id", contact.Id);
        return LawmaticsAnswer.Ok(view);
    }
}
