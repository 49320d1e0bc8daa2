using System.Text.Json;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A lead as the Advanced API tells it, in the fields of a webhook, so that one code lays both over a case.</summary>
public static class LeadItem
{
    // What is told elsewhere, and what only a webhook's URL may say.
    private static readonly HashSet<string> s_left = new(StringComparer.Ordinal) { "leadid", "status", "statusid", "listid", "listname", "listaction", "removefromlist", "campaignid" };

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
            ("Contact ID", JsonText.Text(lead, "ContactId") ?? JsonText.Text(contact, "ContactId") ?? JsonText.Text(contact, "Id")),
            // The lower-case n is Law Ruler's.
            ("First Name", JsonText.Text(contact, "Firstname") ?? JsonText.Text(contact, "FirstName")),
            ("Last Name", JsonText.Text(contact, "Lastname") ?? JsonText.Text(contact, "LastName")),
            ("Full Name", string.IsNullOrWhiteSpace(full) ? JsonText.Text(lead, "DisplayName") : full),
            ("Email", JsonText.Text(contact, "PrimaryEmail")),
            ("Phone", JsonText.Text(contact, "CellPhone")),
            ("Case Type", JsonText.Text(lead, "CaseType")),
            ("Case Type ID", JsonText.Text(lead, "CaseTypeId")),
            // This API marks some statuses with trailing stars, which are no part of the name.
            ("Status", withStatus ? JsonText.Text(lead, "Status")?.Trim().TrimEnd('*').TrimEnd() : null),
            ("Status ID", withStatus ? JsonText.Text(lead, "StatusId") : null),
            ("Created Date", JsonText.Text(lead, "CreateDate")),
        ];
        // A lead's detail tells more of its fields than a list does. That it does, and where, is assumed.
        return [.. fields.Concat(Of(JsonText.Property(lead, "Fields"))).Concat(Of(JsonText.Property(lead, "CustomFields")))
            .Where(field => !string.IsNullOrWhiteSpace(field.Value)).Select(field => new InboundField(field.Name, field.Value!, FromUrl: false))];
    }

    private static IEnumerable<(string Name, string? Value)> Of(JsonElement? part)
    {
        var named = part switch
        {
            { ValueKind: JsonValueKind.Object } json => json.EnumerateObject().Select(NameOf).Select(name => (Name: name, Value: name is null ? null : JsonText.Text(json, name))),
            { ValueKind: JsonValueKind.Array } json => json.EnumerateArray().Select(item => (Name: JsonText.Text(item, "Key") ?? JsonText.Text(item, "Name"), Value: JsonText.Text(item, "Value"))),
            _ => [],
        };
        return named.Where(field => field.Name is { Length: > 0 and <= 200 } name && !s_left.Contains(LeadPost.Normalize(name))).Select(field => (field.Name!, field.Value));
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // A name that is no Unicode text.
            return null;
        }
    }
}
