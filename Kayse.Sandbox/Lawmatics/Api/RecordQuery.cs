using System.Text.Json.Nodes;

namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>The lists: one filter, one order, and pages of 25.</summary>
internal static class RecordQuery
{
    private const int PageSize = 25;

    /// <summary>Answers a list call.</summary>
    /// <exception cref="LawmaticsRefusal">The filter is none that the list has.</exception>
    public static LawmaticsAnswer Answer(LawmaticsCall call, ResourceKind kind, IEnumerable<LawmaticsRecord> records)
    {
        var query = call.Context.Request.Query;
        var found = Sort(call.Firm, kind, RecordFilter.Apply(call.Firm, kind, query, records), query).ToList();
        return Page(call, kind.LinkPath ?? kind.Path, kind.Paged, found.Count, at => call.View(kind, found[at]));
    }

    /// <summary>A page of anything; what comes in no pages comes whole, without <c>meta</c> and <c>links</c>.</summary>
    public static LawmaticsAnswer Page(LawmaticsCall call, string linkPath, bool paged, int total, Func<int, JsonObject> view)
    {
        var page = int.TryParse(call.Context.Request.Query["page"], out var number) ? Math.Clamp(number, 1, 1_000_000) : 1;
        var size = paged ? PageSize : Math.Max(total, 1);
        var start = (long)(page - 1) * size;
        var data = new JsonArray();
        for (var at = start; at < Math.Min(total, start + size); at++)
        {
            data.Add(view((int)at));
        }

        var body = new JsonObject { ["data"] = data };
        if (paged)
        {
            var pages = (total + size - 1) / size;
            body["meta"] = new JsonObject { ["total_pages"] = pages, ["limit_per_page"] = size, ["total_entries"] = total };
            body["links"] = Links(linkPath, page, pages);
        }

        return new LawmaticsAnswer(StatusCodes.Status200OK, body);
    }

    private static JsonObject Links(string path, int page, int pages)
    {
        var links = new JsonObject { ["self"] = $"/v1/{path}?page={page}" };
        if (page < pages)
        {
            links["next"] = $"/v1/{path}?page={page + 1}";
        }

        if (page > 1)
        {
            links["prev"] = $"/v1/{path}?page={page - 1}";
        }

        return links;
    }

    private static IEnumerable<LawmaticsRecord> Sort(LawmaticsFirm firm, ResourceKind kind, IEnumerable<LawmaticsRecord> records, IQueryCollection query)
    {
        var by = query["sort_by"].ToString();
        var isUp = query["sort_order"].ToString().Equals("asc", StringComparison.OrdinalIgnoreCase);
        if (by is "" or "id" || !kind.Has(by))
        {
            return isUp ? records.OrderBy(r => r.Id) : records.OrderByDescending(r => r.Id);
        }

        var values = Comparer<LawmaticsRecord>.Create((a, b) => Compare(firm, kind, by, a, b));
        return isUp ? records.Order(values).ThenBy(r => r.Id) : records.OrderDescending(values).ThenByDescending(r => r.Id);
    }

    private static int Compare(LawmaticsFirm firm, ResourceKind kind, string by, LawmaticsRecord a, LawmaticsRecord b)
    {
        var (left, right) = (RecordView.Value(firm, kind, a, by), RecordView.Value(firm, kind, b, by));
        return by switch
        {
            "created_at" => a.CreatedAt.CompareTo(b.CreatedAt),
            "updated_at" => a.UpdatedAt.CompareTo(b.UpdatedAt),
            _ when decimal.TryParse(left?.ToString(), out var x) && decimal.TryParse(right?.ToString(), out var y) => x.CompareTo(y),
            _ => string.Compare(left?.ToString(), right?.ToString(), StringComparison.OrdinalIgnoreCase),
        };
    }
}
