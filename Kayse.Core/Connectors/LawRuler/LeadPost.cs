using System.Text.RegularExpressions;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// The fields of a webhook, understood: keys without regard to case, spaces, underscores and hyphens, aliases, blanks. Which value counts where a
/// key comes both in the URL and in the body is a setting.
/// </summary>
public sealed partial class LeadPost
{
    private const int MaxCharacters = 1000;
    private const int MaxDescriptionCharacters = 32_000;

    private static readonly string[] s_control = ["listid", "listname", "listaction", "removefromlist", "campaignid"];

    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _control = new(StringComparer.Ordinal);

    private LeadPost()
    {
    }

    /// <summary>The required fields whose key did not come, and <c>Lead ID</c> when it is blank.</summary>
    public IReadOnlyList<string> Missing { get; private set; } = [];

    /// <summary>True for the post of Law Ruler's Test button: the Lead ID is an unresolved token.</summary>
    public bool IsTest { get; private set; }

    /// <summary>What was odd about the known fields.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>What came beside the known fields, by the name it came under; several values of one key joined by a semicolon.</summary>
    public IReadOnlyDictionary<string, string> Others { get; private set; } = new Dictionary<string, string>();

    /// <summary>A known field's value, or null when it did not come or is blank.</summary>
    public string? this[string field] => _known.GetValueOrDefault(field);

    /// <summary>A parameter for lists and campaigns (<c>listid</c>, …), or null.</summary>
    public string? Control(string name) => _control.GetValueOrDefault(name);

    /// <summary>Reads a webhook's fields.</summary>
    public static LeadPost Read(IReadOnlyList<InboundField> fields, LawRulerWebhookSettings settings)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(settings);
        var post = new LeadPost();
        var ordered = fields.OrderBy(field => field.FromUrl == settings.BodyBeforeUrl).ToList();
        var keys = ordered.Select(field => Normalize(field.Name)).ToHashSet(StringComparer.Ordinal);
        var aliases = Aliases(settings);
        var byKey = ordered.ToLookup(field => Normalize(field.Name), StringComparer.Ordinal);
        foreach (var (name, spellings) in aliases)
        {
            // The place comes before the spelling: the body's «mobile» beats the URL's «phone».
            if (spellings.SelectMany(spelling => byKey[spelling]).OrderBy(field => field.FromUrl == settings.BodyBeforeUrl).FirstOrDefault(field => !IsBlank(field.Value, settings)) is { } found)
            {
                post._known[name] = found.Value.Trim();
            }
        }

        foreach (var name in s_control)
        {
            if (byKey[name].FirstOrDefault(field => !IsBlank(field.Value, settings)) is { } found)
            {
                post._control[name] = found.Value.Trim();
            }
        }

        post.Missing = [.. settings.Required().Where(required => required == "Lead ID" ? post[required] is null : !aliases[required].Any(keys.Contains))];
        post.IsTest = post["Lead ID"] is { } lead && Token().IsMatch(lead);
        post.Tidy();
        post.Others = Collect(ordered, [.. aliases.Values.SelectMany(spellings => spellings), .. s_control], settings);
        return post;
    }

    /// <summary>A post whose fields are matched already, e.g. a row of a file: blanks, tokens and lengths count as in a webhook.</summary>
    /// <param name="known">Values by known field.</param>
    /// <param name="others">What comes beside them.</param>
    /// <param name="settings">What counts as blank.</param>
    public static LeadPost Of(IEnumerable<KeyValuePair<string, string>> known, IEnumerable<KeyValuePair<string, string>> others, LawRulerWebhookSettings settings)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(settings);
        var post = new LeadPost();
        foreach (var (field, value) in known.Where(pair => !IsBlank(pair.Value, settings)))
        {
            post._known[field] = value.Trim();
        }

        post.Tidy();
        post.Others = Collect([.. others.Select(pair => new InboundField(pair.Key, pair.Value, false))], [], settings);
        return post;
    }

    /// <summary>A key without what does not count: case, spaces, underscores and hyphens.</summary>
    public static string Normalize(string key) => string.Concat(key.Where(c => c is not (' ' or '_' or '-')).Select(char.ToLowerInvariant));

    private static Dictionary<string, IReadOnlyList<string>> Aliases(LawRulerWebhookSettings settings) =>
        LawRulerWebhookSettings.DefaultAliases.ToDictionary(
            pair => pair.Key,
            pair => settings.Aliases.TryGetValue(pair.Key, out var more) ? (IReadOnlyList<string>)[.. more.Select(Normalize), .. pair.Value] : pair.Value,
            StringComparer.Ordinal);

    private void Tidy()
    {
        var warnings = new List<string>();
        foreach (var (name, value) in _known.ToList())
        {
            var most = name == "Description" ? MaxDescriptionCharacters : MaxCharacters;
            if (!IsTest && Token().Match(value) is { Success: true, Index: 0 })
            {
                _known.Remove(name);
                warnings.Add($"{name} came as a token that Law Ruler did not fill in; it counts as blank.");
            }
            else if (value.Length > most)
            {
                _known[name] = value[..(char.IsHighSurrogate(value[most - 1]) ? most - 1 : most)];
                warnings.Add($"{name} has more than {most} characters; the rest was cut off.");
            }
        }

        Warnings = warnings;
    }

    private static bool IsBlank(string value, LawRulerWebhookSettings settings)
    {
        var text = value.Trim();
        return text.Length == 0 || settings.BlankValues.Contains(text, StringComparer.OrdinalIgnoreCase);
    }

    private static Dictionary<string, string> Collect(List<InboundField> fields, HashSet<string> taken, LawRulerWebhookSettings settings)
    {
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in fields.Where(field => !taken.Contains(Normalize(field.Name))).GroupBy(field => Normalize(field.Name), StringComparer.Ordinal))
        {
            // Of a key that comes in both places, only the place that counts.
            var place = group.First().FromUrl;
            var values = group.Where(field => field.FromUrl == place && !IsBlank(field.Value, settings)).Select(field => field.Value.Trim()).Distinct(StringComparer.Ordinal).ToList();
            if (values.Count > 0 && !values.Any(value => Token().IsMatch(value)))
            {
                others[group.First().Name.Trim()] = string.Join("; ", values);
            }
        }

        return others;
    }

    [GeneratedRegex(@"\{\{[^{}]*\}\}|<<[^<>]*>>", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();
}
