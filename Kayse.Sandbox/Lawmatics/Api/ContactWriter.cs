using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>Writing contacts, whoever asks: a contact's call, a matter's, a form, or a test.</summary>
internal static class ContactWriter
{
    private static readonly ResourceKind Kind = ResourceKind.Contacts;

    /// <exception cref="LawmaticsRefusal">A value cannot be; nothing is written.</exception>
    public static LawmaticsRecord Create(LawmaticsFirm firm, JsonObject body, DateTimeOffset now)
    {
        var contact = firm.Draft(now);
        contact.Attributes["contact_type"] = "PNC";
        Apply(firm, contact, body, withExtras: true);
        PersonWriter.RequireSomebody(contact);
        Keep(firm, contact, body, now);
        Timeline.Add(firm, "contact.create", Link(contact), Link(contact), now);
        firm.Raise("contact.created", "contact_id", contact.Id);
        return contact;
    }

    /// <summary>Writes what the body names over a contact.</summary>
    /// <exception cref="LawmaticsRefusal">A value cannot be; nothing is written.</exception>
    public static LawmaticsRecord Update(LawmaticsFirm firm, LawmaticsRecord known, JsonObject body, DateTimeOffset now)
    {
        var contact = known.Copy();
        Apply(firm, contact, body, withExtras: true);
        PersonWriter.RequireSomebody(contact);
        Keep(firm, contact, body, now);
        Timeline.Add(firm, "contact.update", Link(contact), Link(contact), now);
        firm.Raise("contact.updated", "contact_id", contact.Id);
        return contact;
    }

    /// <summary>A contact with what a matter's call or a form says of the person; it is not among the others yet.</summary>
    /// <param name="firm">Whose contact it is.</param>
    /// <param name="known">The contact to write over; null is a new one.</param>
    /// <param name="person">The fields of the person.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="LawmaticsRefusal">A value cannot be.</exception>
    public static LawmaticsRecord Prepare(LawmaticsFirm firm, LawmaticsRecord? known, JsonObject person, DateTimeOffset now)
    {
        var contact = known?.Copy() ?? firm.Draft(now);
        if (known is null)
        {
            contact.Attributes["contact_type"] = "PNC";
        }

        Apply(firm, contact, person, withExtras: false);
        PersonWriter.RequireSomebody(contact);
        return contact;
    }

    /// <summary>Puts a prepared contact among the others.</summary>
    public static void Accept(LawmaticsFirm firm, LawmaticsRecord contact, bool isNew, DateTimeOffset now)
    {
        contact.UpdatedAt = LawmaticsFirm.Precise(now);
        firm.Add(Kind, contact);
        Timeline.Add(firm, isNew ? "contact.create" : "contact.update", Link(contact), Link(contact), now);
        firm.Raise(isNew ? "contact.created" : "contact.updated", "contact_id", contact.Id);
    }

    public static RecordLink Link(LawmaticsRecord contact) => new(Kind.Type, contact.Id);

    private static void Apply(LawmaticsFirm firm, LawmaticsRecord contact, JsonObject body, bool withExtras)
    {
        PersonWriter.Write(contact, body);
        if (withExtras)
        {
            CustomFieldWriter.Write(firm, "Contact", contact, body);
        }
    }

    private static void Keep(LawmaticsFirm firm, LawmaticsRecord contact, JsonObject body, DateTimeOffset now)
    {
        var (notes, tags) = (NoteWriter.Inline(body), NoteWriter.Tags(body));
        contact.UpdatedAt = LawmaticsFirm.Precise(now);
        firm.Add(Kind, contact);
        NoteWriter.AddTags(firm, contact, tags ?? [], now);
        NoteWriter.AddAll(firm, Kind, contact, notes, now);
    }
}
