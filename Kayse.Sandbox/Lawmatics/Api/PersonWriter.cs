using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>Writing what is known of a person, in a contact's call or a matter's.</summary>
internal static class PersonWriter
{
    public static bool SaysAnything(JsonObject body) => ResourceKind.PersonFields.Any(body.ContainsKey);

    /// <exception cref="LawmaticsRefusal">A value is no text, or the e-mail address is none.</exception>
    public static void Write(LawmaticsRecord contact, JsonObject body)
    {
        foreach (var name in ResourceKind.PersonFields)
        {
            if (body.TryGetPropertyValue(name, out var value))
            {
                contact.Attributes[name] = Checked(name, value);
            }
        }
    }

    /// <summary>A person without a name, an e-mail address and a telephone number is nobody.</summary>
    /// <exception cref="LawmaticsRefusal">All are missing.</exception>
    public static void RequireSomebody(LawmaticsRecord contact)
    {
        if (ResourceKind.Contacts.Defaults.Take(4).All(name => string.IsNullOrWhiteSpace(contact.Text(name))))
        {
            throw LawmaticsRefusal.Invalid("First name can't be blank.");
        }
    }

    private static JsonNode? Checked(string name, JsonNode? value)
    {
        if (value is null)
        {
            return null;
        }

        if (value is not JsonValue one || !one.TryGetValue<string>(out var text))
        {
            throw LawmaticsRefusal.Invalid($"{name} must be a text.");
        }

        return name == "email" && text.Length > 0 && (text.IndexOf('@', StringComparison.Ordinal) < 1 || text.Contains(' ', StringComparison.Ordinal))
            ? throw LawmaticsRefusal.Invalid("Email is invalid.")
            : text;
    }
}
