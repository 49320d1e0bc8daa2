using Kayse.Sandbox.Lawmatics;

namespace Kayse.Sandbox.Traffic;

/// <summary>Names what a request is about, for the request log and for matching faults.</summary>
internal static class OperationName
{
    private static readonly Dictionary<string, string> Advanced = new(StringComparer.OrdinalIgnoreCase)
    {
        ["identity/connect/token"] = "token",
        ["ApiCases/GetInboxItems"] = "inbox",
        ["ApiCases/SearchInboxItems"] = "search",
        ["ApiCases/GetLead"] = "getlead",
        ["ApiReport/GetCustomReport"] = "report",
        ["ApiNotes/GetNotes"] = "getnotes",
        ["ApiNotes/AddNote"] = "addnote",
        ["ApiDocuments/GetDocuments"] = "getdocuments",
        ["ApiDocuments/Upload"] = "upload",
        ["ApiDocuments/Download"] = "download",
        ["ApiCaseTypes/GetCaseTypes"] = "casetypes",
        ["ApiStatuses/GetStatuses"] = "statuses",
        ["ApiFields/GetFields"] = "fields",
    };

    public static (string System, string Operation) Of(HttpRequest request, RequestBody body)
    {
        var segments = (request.Path.Value ?? "").Split('/', 4, StringSplitOptions.RemoveEmptyEntries);
        var system = segments.Length > 0 ? segments[0].ToLowerInvariant() : "";
        if (system == "lawruler" && segments.Length > 2)
        {
            return (system, LawRuler(string.Join('/', segments[2..]).TrimEnd('/'), request, body));
        }

        if (system == "lawmatics")
        {
            return (system, LawmaticsOperation.Of(request.Method, (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries)[1..]));
        }

        return (system, segments.Length > 1 ? segments[1] : "unknown");
    }

    private static string LawRuler(string path, HttpRequest request, RequestBody body)
    {
        if (!path.EndsWith(".aspx", StringComparison.OrdinalIgnoreCase))
        {
            return Advanced.GetValueOrDefault(path, "unknown");
        }

        var pairs = RequestBodyReader.Pairs(request.QueryString.Value ?? "").Concat(body.Fields);
        return pairs.Any(p => Is(p.Key, "Operation") && Is(p.Value, "GetStatus")) ? "getstatus" : "campaign";
    }

    private static bool Is(string text, string expected) => text.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
