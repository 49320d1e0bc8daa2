using Kayse.Sandbox.Lawmatics.Api;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>Names the calls of Lawmatics for the request log and for matching faults: <c>createcontact</c>, <c>findprospect</c>, <c>liststages</c>.</summary>
internal static class LawmaticsOperation
{
    private static readonly Dictionary<string, string> Singular = new[]
    {
        ResourceKind.Contacts, ResourceKind.Prospects, ResourceKind.Pipelines, ResourceKind.Stages, ResourceKind.SubStatuses, ResourceKind.PracticeAreas,
        ResourceKind.Sources, ResourceKind.Campaigns, ResourceKind.Tags, ResourceKind.Users, ResourceKind.Notes, ResourceKind.Interactions,
        ResourceKind.CustomFields, ResourceKind.Files,
    }.ToDictionary(k => k.Path, k => Plain(k.Type), StringComparer.OrdinalIgnoreCase);

    static LawmaticsOperation()
    {
        Singular["activities"] = "activity";
        Singular["forms"] = "form";
    }

    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path under <c>/lawmatics</c>, in its parts.</param>
    public static string Of(string method, string[] path)
    {
        if (path is ["oauth", var oauth])
        {
            return oauth.ToLowerInvariant();
        }

        if (path is not ["v1", var resource, .. var rest] || !Singular.TryGetValue(resource, out var one))
        {
            return "unknown";
        }

        return rest switch
        {
            ["me"] => "me",
            ["download", _] => "download" + one,
            [var finder, _] when finder.StartsWith("find_by_", StringComparison.OrdinalIgnoreCase) => "find" + one,
            [_, "submit"] => "submit" + one,
            [_, "entries"] => one + "entries",
            _ => Verb(method, rest.Length > 0) + (rest.Length == 0 && HttpMethods.IsGet(method) ? Plain(resource) : one),
        };
    }

    private static string Verb(string method, bool names) => method switch
    {
        "GET" => names ? "get" : "list",
        "POST" => "create",
        "DELETE" => "delete",
        _ => "update",
    };

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
