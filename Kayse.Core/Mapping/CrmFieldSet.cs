namespace Kayse.Core.Mapping;

/// <summary>The fields that are known of a case type.</summary>
public sealed class CrmFieldSet
{
    private readonly List<CrmField> _all = [];
    private readonly Dictionary<string, CrmField> _byKey = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Puts lists together; the same key in two lists is the same field.</summary>
    /// <param name="lists">The lists; null for one that was never loaded.</param>
    public CrmFieldSet(IReadOnlyCollection<IReadOnlyList<CrmField>?> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        IsComplete = lists.Count > 0 && lists.All(list => list is not null);
        foreach (var field in lists.OfType<IReadOnlyList<CrmField>>().SelectMany(list => list))
        {
            if (_byKey.TryAdd(field.Key.Trim(), field))
            {
                _all.Add(field);
            }
        }
    }

    /// <summary>Nothing was loaded.</summary>
    public static CrmFieldSet Unknown { get; } = new([]);

    /// <summary>The fields in the CRM's order.</summary>
    public IReadOnlyList<CrmField> All => _all;

    /// <summary>True when every list was loaded: what is not in it does not exist.</summary>
    public bool IsComplete { get; }

    /// <summary>A field by its key, without regard to case; or null.</summary>
    public CrmField? Find(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _byKey.GetValueOrDefault(key.Trim());
    }
}
