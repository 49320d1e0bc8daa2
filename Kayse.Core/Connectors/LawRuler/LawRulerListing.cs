using System.Text.Json;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Pages through a list of the Advanced API.</summary>
public sealed class LawRulerListing(LawRulerClient client)
{
    private const int PageSize = 100;
    private const int MaxPages = 200;

    /// <summary>Looks for the first item that fits; the template's <c>{leadId}</c>, <c>{page}</c> and <c>{pageSize}</c> are filled in.</summary>
    public async Task<Look> FindAsync(LawRulerSession session, string template, LeadId lead, Func<JsonElement, bool> fits, string[] idNames, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(template);
        var seen = 0;
        for (var page = 1; page <= MaxPages; page++)
        {
            var path = template.Replace("{leadId}", lead.ToString(), StringComparison.Ordinal)
                .Replace("{page}", JsonText.Invariant(page), StringComparison.Ordinal)
                .Replace("{pageSize}", JsonText.Invariant(PageSize), StringComparison.Ordinal);
            var reply = await client.CallApiAsync(session, HttpMethod.Get, path, static () => null, isUpload: false, cancellationToken);
            if (reply.Answer is not { Kind: AnswerKind.Success, Body: { } body })
            {
                return new Look(LookKind.NoAnswer, Reply: reply);
            }

            if (Items(body) is not { } items)
            {
                return new Look(LookKind.NoAnswer, Reply: new LawRulerReply(new LawRulerAnswer(AnswerKind.Indeterminate)));
            }

            foreach (var item in items.Where(fits))
            {
                return new Look(LookKind.Found, idNames.Select(name => JsonText.Text(item, name)).FirstOrDefault(id => id is not null));
            }

            if (IsLast(body, seen, items.Count, PageSize))
            {
                return Look.Absent;
            }

            seen += items.Count;
        }

        return Look.Impossible;
    }

    /// <summary>True when no page comes behind an answer's. A portal may give fewer items a page than it was asked for; then its count says whether there are more.</summary>
    /// <param name="body">The answer.</param>
    /// <param name="seen">How many items the pages before it had.</param>
    /// <param name="items">How many it has.</param>
    /// <param name="pageSize">How many were asked for.</param>
    public static bool IsLast(JsonElement body, int seen, int items, int pageSize) =>
        items == 0 || (JsonText.Number(body, "Count") is { } count ? seen + items >= count : items < pageSize);

    /// <summary>The list in an answer; null where it holds none, which does not say that nothing is there.</summary>
    public static IReadOnlyList<JsonElement>? Items(JsonElement body)
    {
        var list = body.ValueKind == JsonValueKind.Array ? body : JsonText.Property(body, "Data") ?? default;
        return list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : null;
    }
}
