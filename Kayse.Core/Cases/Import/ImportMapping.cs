using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Core.Cases.Import;

/// <summary>Which column of a file is which field.</summary>
public static class ImportMapping
{
    /// <summary>A column that is kept with the case under its own name.</summary>
    public const string Other = "*";

    // Names of columns beside those of webhooks: what exports and people call them.
    private static readonly Dictionary<string, string[]> s_names = new(StringComparer.Ordinal)
    {
        ["Lead ID"] = ["leadnumber", "leadno", "externalsourceid", "externalid"],
        ["Contact ID"] = ["contactnumber", "contactno", "primarycontact"],
        ["First Name"] = ["first", "clientfirstname", "contactfirstname"],
        ["Last Name"] = ["last", "clientlastname", "contactlastname"],
        ["Full Name"] = ["clientname", "contactname"],
        ["Email"] = ["emailaddress", "primaryemail", "clientemail"],
        ["Phone"] = ["phonenumber", "mobilephone", "cell", "primaryphone"],
        ["Case Type"] = ["casetypename"],
        ["Status"] = ["casestatus", "leadstatus", "statusname"],
        ["Description"] = ["casedescription"],
        ["Address"] = ["streetaddress", "addressline1"],
        ["Zip"] = ["zipcode"],
        ["Date of Birth"] = ["birthdate", "birthday"],
        ["Created Date"] = ["datecreated", "createdate", "createdon"],
    };

    /// <summary>The fields that a file must have.</summary>
    public static IReadOnlyList<string> Required { get; } = ["Lead ID", "Contact ID"];

    /// <summary>The fields that a column can be, besides <see cref="Other"/>.</summary>
    public static IEnumerable<string> Fields => LawRulerWebhookSettings.DefaultAliases.Keys;

    /// <summary>The matching that a file's column names suggest; a name that suggests nothing is kept as it is.</summary>
    public static IReadOnlyList<string?> Guess(IReadOnlyList<string> columns, LawRulerWebhookSettings settings)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(settings);
        var names = columns.Select(Letters).ToList();
        var mapping = columns.Select(_ => (string?)Other).ToArray();
        foreach (var (field, spellings) in LawRulerWebhookSettings.DefaultAliases)
        {
            IEnumerable<string> more = settings.Aliases.TryGetValue(field, out var own) ? own.Select(Letters) : [];
            var found = more.Concat([Letters(field), .. spellings, .. s_names.GetValueOrDefault(field, [])])
                .Select(spelling => Enumerable.Range(0, names.Count).FirstOrDefault(i => mapping[i] == Other && names[i] == spelling, -1))
                .FirstOrDefault(i => i >= 0, -1);
            if (found >= 0)
            {
                mapping[found] = field;
            }
        }

        return mapping;
    }

    /// <summary>What keeps a file from being imported with a matching; none when it can be.</summary>
    public static IReadOnlyList<FieldError> Check(IReadOnlyList<string?> mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        return
        [
            .. Required.Where(field => !mapping.Contains(field)).Select(field => new FieldError(field, $"Say which column is the {field}: every row needs one.")),
            .. mapping.Where(field => field is not null and not Other).GroupBy(field => field!, StringComparer.Ordinal).Where(group => group.Count() > 1)
                .Select(group => new FieldError(group.Key, $"{group.Count()} columns are matched with {group.Key}: it can be one.")),
        ];
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));
}
