using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Core.Cases;

/// <summary>Puts cases on lists by the lists' rules. What it costs depends on the rules that match, never on how many cases a list has.</summary>
public sealed class AutoAdd(IEntityStore store, CaseLists lists, AuditLog audit)
{
    /// <summary>UTF-8 bytes that the rules of all lists may have, as JSON: they are one row.</summary>
    public const int MaxRuleBytes = 48 * 1024;

    private const string RulesPart = "autoadd";
    private const string RulesRow = "rules";

    private readonly EntityTable<AutoAddRules> _rules = new(store, Tables.Lists, static () => KayseJson.Default.AutoAddRules);

    /// <summary>The saved rules of a firm's lists.</summary>
    public async Task<IReadOnlyList<AutoAddRule>> RulesAsync(CompanyId company, CancellationToken cancellationToken) =>
        (await _rules.GetAsync(Partitions.Of(company, RulesPart), RulesRow, cancellationToken))?.Value.Items ?? [];

    /// <summary>A list's rule; one that is off where none was saved.</summary>
    public async Task<AutoAddRule> FindAsync(CompanyId company, string listId, CancellationToken cancellationToken) =>
        (await RulesAsync(company, cancellationToken)).FirstOrDefault(rule => rule.ListId == listId) ?? AutoAddRule.None(listId);

    /// <summary>Saves a list's rule; false when the rules of all lists together would be too large, and then nothing was changed.</summary>
    public async Task<bool> SetAsync(CompanyId company, AutoAddRule rule, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var fits = true;
        await _rules.UpdateAsync(
            Partitions.Of(company, RulesPart),
            RulesRow,
            old =>
            {
                var others = (old?.Items ?? []).Where(one => one.ListId != rule.ListId);
                var changed = new AutoAddRules([.. others, rule]);
                fits = JsonSerializer.SerializeToUtf8Bytes(changed, KayseJson.Default.AutoAddRules).Length <= MaxRuleBytes;
                return fits ? changed : old ?? new AutoAddRules([]);
            },
            cancellationToken);
        return fits;
    }

    /// <summary>Forgets a list's rule.</summary>
    public Task RemoveAsync(CompanyId company, string listId, CancellationToken cancellationToken) =>
        _rules.UpdateAsync(Partitions.Of(company, RulesPart), RulesRow, old => new AutoAddRules([.. (old?.Items ?? []).Where(one => one.ListId != listId)]), cancellationToken);

    /// <summary>Puts a case on every list whose rule it matches.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="rules">The firm's rules.</param>
    /// <param name="matter">The case as it is now.</param>
    /// <param name="isFirst">Whether it has just arrived in Kayse.</param>
    /// <param name="isLeft">Of a list's id: true where the same post takes the case off that list, which counts for more.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task ApplyAsync(CompanyId company, IReadOnlyList<AutoAddRule> rules, Case matter, bool isFirst, Func<string, bool> isLeft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(matter);
        ArgumentNullException.ThrowIfNull(isLeft);
        foreach (var rule in rules.Where(rule => rule.Matches(matter, isFirst) && !isLeft(rule.ListId)))
        {
            if (await lists.AddAsync(company, rule.ListId, matter.Id, cancellationToken))
            {
                await audit.WriteAsync(
                    company, matter.ExternalSource, "list_add", "done", matter.ExternalSourceId, matter.Id.ToString(), $"List {rule.ListId}, by its auto-add rule.", cancellationToken);
            }
        }
    }
}
