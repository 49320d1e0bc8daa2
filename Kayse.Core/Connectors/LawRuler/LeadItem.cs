using System.Text.Json;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A lead as the Advanced API tells it, in the fields of a webhook, so that one code lays both over a case.</summary>
public static class LeadItem
{
    /// <summary>The lead's fields by the names that the webhook has for them.</summary>
    public static IReadOnlyList<InboundField> Fields(JsonElement lead)
    {
        var contact = JsonText.Property(lead, "Contact") ?? default;
        (string Name, string? Value)[] fields =
        [
            ("Lead ID", JsonText.Text(lead, "LeadId")),
            ("Case Type", JsonText.Text(lead, "CaseType")),
            // This API marks some statuses with trailing stars, which are no part of the name.
            ("Status", JsonText.Text(lead, "Status")?.TrimEnd('*').TrimEnd()),
            ("Created Date", JsonText.Text(lead, "CreateDate")),
            // The lower-case n is Law Ruler's.
            ("First Name", JsonText.Text(contact, "Firstname")),
            ("Last Name", JsonText.Text(contact, "Lastname")),
            ("Full Name", JsonText.Text(contact, "FullName")),
            ("Email", JsonText.Text(contact, "PrimaryEmail")),
            ("Phone", JsonText.Text(contact, "CellPhone")),
        ];
        return [.. fields.Where(field => !string.IsNullOrWhiteSpace(field.Value)).Select(field => new InboundField(field.Name, field.Value!, FromUrl: false))];
    }
}
