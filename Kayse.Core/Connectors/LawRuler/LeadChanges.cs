using Kayse.Core.Cases;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Tells news from what only fills in a blank: a sync and a webhook that tell of the very same change do not tell the same fields.</summary>
public static class LeadChanges
{
    /// <summary>True when a case has another type or status, or when something that it said is replaced. Its name follows the client's.</summary>
    public static bool IsNews(Case before, Case after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return before.CaseType != after.CaseType || before.Status != after.Status || IsReplaced(before.CaseTypeId, after.CaseTypeId) || IsReplaced(before.StatusId, after.StatusId)
            || IsReplaced(before.Description, after.Description) || before.Fields.Values.Any(field => after.Fields.Values.GetValueOrDefault(field.Key) != field.Value);
    }

    /// <summary>True when something that was known of a client is replaced.</summary>
    public static bool IsNews(Client? before, Client after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return before is not null
            && (Texts(before).Zip(Texts(after)).Any(pair => IsReplaced(pair.First, pair.Second)) || (before.DateOfBirth is not null && before.DateOfBirth != after.DateOfBirth));
    }

    private static string?[] Texts(Client client) =>
        [client.FirstName, client.LastName, client.FullName, client.Email, client.Phone, client.Address, client.City, client.State, client.Zip, client.TimeZone];

    private static bool IsReplaced(string? before, string? after) => before is not null && before != after;
}
