namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>The finders, which look for what is like a value and answer the first hit.</summary>
internal static class Finder
{
    public static readonly IReadOnlyList<string> By = ["email", "phone", "name"];

    /// <summary>Maps <c>find_by_email</c>, <c>find_by_phone</c> and <c>find_by_name</c> of a kind.</summary>
    public static void Map(LawmaticsGate gate, IEndpointRouteBuilder routes, ResourceKind kind)
    {
        foreach (var by in By)
        {
            gate.Get(routes, $"{kind.Path}/find_by_{by}/{{value}}", call => Answer(call, kind, by));
        }
    }

    /// <summary>The oldest contact that has exactly that value.</summary>
    public static LawmaticsRecord? Exact(LawmaticsFirm firm, string by, string value) => Wanted(by, value) is { Length: > 0 } wanted
        ? firm.Table(ResourceKind.Contacts).Values.FirstOrDefault(c => Key(firm, ResourceKind.Contacts, c, by) == wanted)
        : null;

    private static LawmaticsAnswer Answer(LawmaticsCall call, ResourceKind kind, string by)
    {
        var value = call.Route("value");
        if (Hit(call.Firm, kind, by, Wanted(by, value)) is { } hit)
        {
            return LawmaticsAnswer.Ok(call.View(kind, hit));
        }

        return call.Firm.Options.NotFound == NotFoundShape.Null
            ? LawmaticsAnswer.Ok(null)
            : throw new LawmaticsRefusal(StatusCodes.Status404NotFound, "Not found", $"{kind.Title} with {by} {value} was not found.");
    }

    private static LawmaticsRecord? Hit(LawmaticsFirm firm, ResourceKind kind, string by, string wanted)
    {
        if (wanted.Length == 0)
        {
            return null;
        }

        var keys = firm.Table(kind).Values.Select(r => (Record: r, Key: Key(firm, kind, r, by))).Where(k => k.Key.Length > 0).ToList();
        var exact = keys.FirstOrDefault(k => k.Key == wanted).Record;
        if (firm.Options.WrongFirstHit)
        {
            return keys.FirstOrDefault(k => k.Key != wanted && IsSimilar(k.Key, wanted)).Record ?? exact;
        }

        return exact ?? keys.FirstOrDefault(k => k.Key.Contains(wanted, StringComparison.Ordinal)).Record;
    }

    /// <summary>Alike at one end, or the one within the other: an address of the same name or the same domain.</summary>
    private static bool IsSimilar(string key, string wanted)
    {
        var (mine, yours) = (key.Split('@', ' '), wanted.Split('@', ' '));
        return key.Contains(wanted, StringComparison.Ordinal) || wanted.Contains(key, StringComparison.Ordinal)
            || mine[0] == yours[0] || mine[^1] == yours[^1];
    }

    private static string Key(LawmaticsFirm firm, ResourceKind kind, LawmaticsRecord record, string by)
    {
        string Read(string name) => RecordView.Value(firm, kind, record, name)?.ToString() ?? "";
        return Wanted(by, by == "name" ? $"{Read("first_name")} {Read("last_name")}" : Read(by));
    }

    private static string Wanted(string by, string value) => by == "phone"
        ? string.Concat(value.Where(char.IsAsciiDigit))
        : value.Trim().ToLowerInvariant();
}
