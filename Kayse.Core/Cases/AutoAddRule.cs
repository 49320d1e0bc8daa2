using Kayse.Core.Mapping;

namespace Kayse.Core.Cases;

/// <summary>Which cases join a list by themselves when a CRM tells of them (the customer's guide, "Using list_id and Auto-Add Rules In Kayse"). A rule never takes a case off its list.</summary>
/// <param name="ListId">The list.</param>
/// <param name="Enabled">Whether the rule is on.</param>
/// <param name="OnlyOnFirstSync">Whether a case joins only when it first arrives in Kayse.</param>
/// <param name="CaseTypes">The case types' names or ids; none means all.</param>
/// <param name="Statuses">The statuses' names or ids; none means all.</param>
public sealed record AutoAddRule(string ListId, bool Enabled, bool OnlyOnFirstSync, IReadOnlyList<string> CaseTypes, IReadOnlyList<string> Statuses)
{
    /// <summary>The rule of a list for which none was saved.</summary>
    public static AutoAddRule None(string listId) => new(listId, false, false, [], []);

    /// <summary>True when a case joins the list.</summary>
    /// <param name="matter">The case as it is now.</param>
    /// <param name="isFirst">Whether it has just arrived in Kayse.</param>
    public bool Matches(Case matter, bool isFirst)
    {
        ArgumentNullException.ThrowIfNull(matter);
        return Enabled && (isFirst || !OnlyOnFirstSync) && Has(CaseTypes, matter.CaseType, matter.CaseTypeId) && Has(Statuses, matter.Status, matter.StatusId);
    }

    private static bool Has(IReadOnlyList<string> wanted, string? name, string? id) =>
        wanted.Count == 0 || wanted.Any(one => (name is not null && StatusMapping.Same(one, name)) || (id is not null && one.Trim() == id));
}

/// <summary>The rules of all of a firm's lists in one row: a case that comes in is matched by a single read.</summary>
/// <param name="Items">One a list.</param>
public sealed record AutoAddRules(IReadOnlyList<AutoAddRule> Items);
