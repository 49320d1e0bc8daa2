using Kayse.Sandbox.Traffic;

namespace Kayse.Sandbox.LawRuler.KeyApi;

/// <summary>The parameters of a Key API call: names without regard to case, the query before the form, repeats joined by commas.</summary>
internal sealed class KeyApiRequest
{
    private readonly Dictionary<string, string> _values;

    public KeyApiRequest(string query, RequestBody body)
    {
        Query = RequestBodyReader.Pairs(query);
        Form = body.Fields;
        Files = body.Files;
        _values = Joined(Form);
        foreach (var (name, value) in Joined(Query))
        {
            _values[name] = value;
        }
    }

    public IReadOnlyList<KeyValuePair<string, string>> Query { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Form { get; }

    public IReadOnlyList<FilePart> Files { get; }

    public IReadOnlyDictionary<string, string> Values => _values;

    public string this[string name] => _values.GetValueOrDefault(name, "").Trim();

    public bool Has(string name) => this[name].Length > 0;

    public bool IsTrue(string name) => this[name].Equals("true", StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string> Joined(IEnumerable<KeyValuePair<string, string>> pairs) =>
        pairs.GroupBy(p => p.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(g => g.Key, g => string.Join(',', g.Select(p => p.Value)), StringComparer.OrdinalIgnoreCase);
}
