namespace Kayse.Sandbox.LawRuler.Webhooks;

/// <summary>
/// The tokens that a webhook's field stands for. The numbers of Lead ID and date of birth are Law Ruler's, the others are invented.
/// </summary>
internal static class WebhookTokens
{
    private static readonly Dictionary<string, (string Label, Func<Lead, string> Value)> Tokens = new(StringComparer.Ordinal)
    {
        ["{{default95}}"] = ("Lead ID", l => l.Id.ToString()),
        ["{{default96}}"] = ("Contact ID", l => l.ContactId.ToString()),
        ["{{default81}}"] = ("Case Type ID", l => l.CaseType?.Id.ToString() ?? ""),
        ["{{default80}}"] = ("Case Type", l => l.CaseType?.Name ?? ""),
        ["{{default83}}"] = ("Status ID", l => l.Status.Id.ToString()),
        ["{{default82}}"] = ("Status", l => Portal.Plain(l.Status.Name)),
        ["{{default1}}"] = ("First Name", l => l.FirstName),
        ["{{default2}}"] = ("Last Name", l => l.LastName),
        ["{{default3}}"] = ("Full Name", l => l.FullName),
        ["{{default7}}"] = ("Email", l => l.Field("Email1")),
        ["{{default8}}"] = ("Phone", l => l.Field("CellPhone")),
        ["{{default90}}"] = ("Created Date", l => EasternClock.Text(l.CreatedAt)),
        ["{{default23}}"] = ("Date of Birth", l => l.Field("DOB")),
        ["{{default30}}"] = ("Description", l => l.Field("Summary")),
    };

    /// <summary>The fields that a webhook posts unless its settings choose others.</summary>
    public static IReadOnlyDictionary<string, string> DefaultFields { get; } =
        Tokens.Take(12).ToDictionary(t => t.Value.Label, t => t.Key, StringComparer.Ordinal);

    /// <summary>What a field's token or hardcoded text is for a lead.</summary>
    public static string Resolve(string source, Lead lead)
    {
        var token = Token(source);
        if (Tokens.TryGetValue(token, out var known))
        {
            return known.Value(lead);
        }

        if (source.StartsWith("<<", StringComparison.Ordinal) && source.EndsWith(">>", StringComparison.Ordinal))
        {
            var name = source[2..^2];
            return lead.CustomFields.GetValueOrDefault(name) ?? lead.Field(name);
        }

        return source;
    }

    /// <summary>What the Test button posts: the token itself with its label, or the hardcoded text.</summary>
    public static string ForTest(string source) =>
        Tokens.TryGetValue(Token(source), out var known) ? $"{Token(source)}-{known.Label}" : source;

    private static string Token(string source)
    {
        var end = source.IndexOf("}}", StringComparison.Ordinal);
        return end < 0 ? source : source[..(end + 2)];
    }
}
