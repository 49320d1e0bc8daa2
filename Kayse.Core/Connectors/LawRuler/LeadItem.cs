using System.Text.Json;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A lead as the Advanced API tells it, in the fields of a webhook, so that one code lays both over a case.</summary>
public static class LeadItem
{
    /// <summary>The lead's fields by the names that the webhook has for them.</summary>
    /// <param name="lead">The lead, as <c>GetLead</c> or <c>SearchInboxItems</c> tells it.</param>
    /// <param name="withStatus">False to leave its status out.</param>
    public static IReadOnlyList<InboundField> Fields(JsonElement lead, bool withStatus = true)
    {
        var contact = JsonText.Property(lead, "Contact") ?? default;
        var full = JsonText.Text(contact, "FullName");
        (string Name, string? Value)[] fields =
        [
            ("Lead ID", JsonText.Text(lead, "LeadId")),
            // The lower-case n is Law Ruler's.
            ("First Name", JsonText.Text(contact, "Firstname") ?? JsonText.Text(contact, "FirstName")),
            ("Last Name", JsonText.Text(contact, "Lastname") ?? JsonText.Text(contact, "LastName")),
            ("Full Name", string.IsNullOrWhiteSpace(full) ? JsonText.Text(lead, "DisplayName") : full),
            ("Email", JsonText.Text(contact, "PrimaryEmail")),
            ("Phone", JsonText.Text(contact, "CellPhone")),
            ("Case Type", JsonText.Text(lead, "CaseType")),
            // This API marks some statuses with trailing stars, which are no part of the name.
            ("Status", withStatus ? JsonText.Text(lead, "Status")?.Trim().TrimEnd('*').TrimEnd() : null),
            ("Created Date", JsonText.Text(lead, "CreateDate")),
        ];
        return [.. fields.Where(field => !string.IsNullOrWhiteSpace(field.Value)).Select(field => new InboundField(field.Name, field.Value!, FromUrl: false))];
    }
}
