using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>The stages and sub statuses in which linked matters were seen and that the status map does not name, with the matters that wait there.</summary>
public sealed class LawmaticsUnknownStages(IEntityStore store, LawmaticsStatuses map, TimeProvider clock)
{
    private const string Part = "lawmatics-unknown";
    private const string MattersPart = "lawmatics-unknown-matters";
    private const int MostCounted = 1000;

    private readonly EntityTable<LawmaticsUnknownStage> _stages = new(store, Tables.Mappings, static () => KayseJson.Default.LawmaticsUnknownStage);
    private readonly EntityTable<LawmaticsUnknownMatter> _matters = new(store, Tables.Mappings, static () => KayseJson.Default.LawmaticsUnknownMatter);

    /// <summary>Notes that a matter is in one.</summary>
    /// <returns>True when it was not known to be there, or not what the stage is called.</returns>
    public async Task<bool> EnterAsync(CompanyId company, string firm, LawmaticsUnknownStage stage, string matter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stage);
        var (now, isNews) = (clock.GetUtcNow(), false);
        // The matter first: one without its stage is found again, a stage without it would be forgotten with it.
        await _matters.UpdateAsync(
            Partitions.Of(company, MattersPart),
            MatterRow(firm, stage, matter),
            old =>
            {
                isNews = old is null || (old.IsUnnamed && !stage.IsUnnamed);
                return new LawmaticsUnknownMatter(matter, old?.CameAt ?? now, stage.IsUnnamed);
            },
            cancellationToken);
        await _stages.UpdateAsync(
            Partitions.Of(company, Part), Row(firm, stage), old => stage with { FirstSeenAt = old?.FirstSeenAt ?? now, LastSeenAt = now }, cancellationToken);
        return isNews;
    }

    /// <summary>Notes that a matter has left one.</summary>
    public async Task LeaveAsync(CompanyId company, string firm, LawmaticsUnknownStage stage, string matter, CancellationToken cancellationToken)
    {
        var partition = Partitions.Of(company, MattersPart);
        if (await _matters.GetAsync(partition, MatterRow(firm, stage, matter), cancellationToken) is { } row)
        {
            await _matters.DeleteAsync(partition, row, cancellationToken);
        }
    }

    /// <summary>All that are noted for a Lawmatics firm, those that the map names by now among them.</summary>
    public async Task<IReadOnlyList<LawmaticsUnknownStage>> AllAsync(CompanyId company, string firm, CancellationToken cancellationToken)
    {
        var found = new List<LawmaticsUnknownStage>();
        await foreach (var row in _stages.AllAsync(Partitions.Of(company, Part), new RowRange($"{firm}~"), cancellationToken))
        {
            found.Add(row.Value);
        }

        return found;
    }

    /// <summary>Those that the map does not name, with how many linked matters are there (a thousand at most), by their names.</summary>
    public async Task<IReadOnlyList<LawmaticsUnknownStage>> ListAsync(CompanyId company, LawmaticsConnection connection, CancellationToken cancellationToken)
    {
        var firm = LawmaticsLinks.FirmOf(connection);
        var mapping = await map.MappingAsync(company, cancellationToken);
        var listed = new List<LawmaticsUnknownStage>();
        foreach (var stage in await AllAsync(company, firm, cancellationToken))
        {
            if (mapping.FindKayse(stage.Name, stage.StageId) is null)
            {
                var (rows, _) = await _matters.QueryAsync(Partitions.Of(company, MattersPart), new RowRange($"{Row(firm, stage)}~"), MostCounted, cancellationToken);
                if (rows.Count > 0 || !stage.IsUnnamed)
                {
                    listed.Add(stage with { Matters = rows.Count });
                }
            }
        }

        return [.. listed.OrderBy(stage => stage.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The matters that wait in one.</summary>
    public async IAsyncEnumerable<LawmaticsUnknownMatter> MattersAsync(CompanyId company, string firm, LawmaticsUnknownStage stage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in _matters.AllAsync(Partitions.Of(company, MattersPart), new RowRange($"{Row(firm, stage)}~"), cancellationToken))
        {
            yield return row.Value;
        }
    }

    /// <summary>Forgets one that the map names by now.</summary>
    public async Task RemoveAsync(CompanyId company, string firm, LawmaticsUnknownStage stage, CancellationToken cancellationToken)
    {
        if (await _stages.GetAsync(Partitions.Of(company, Part), Row(firm, stage), cancellationToken) is { } row)
        {
            await _stages.DeleteAsync(Partitions.Of(company, Part), row, cancellationToken);
        }
    }

    private static string MatterRow(string firm, LawmaticsUnknownStage stage, string matter) => $"{Row(firm, stage)}~{matter}";

    private static string Row(string firm, LawmaticsUnknownStage stage) =>
        stage.StageId is { } id ? $"{firm}~stage~{Key(id)}" : $"{firm}~substatus~{Key(StatusMapping.Plain(stage.Name).ToUpperInvariant())}";

    // A name may have any character; a row key may not.
    private static string Key(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}

/// <summary>A stage or sub status that the status map does not name.</summary>
/// <param name="StageId">The stage's id; null for a sub status, which Lawmatics tells by its name.</param>
/// <param name="Name">Its name in Lawmatics.</param>
public sealed record LawmaticsUnknownStage(string? StageId, string Name)
{
    /// <summary><c>stage</c> or <c>sub_status</c>.</summary>
    public string Kind => StageId is null ? "sub_status" : "stage";

    /// <summary>True while what it is called cannot be read: the matters that wait there are judged when it can.</summary>
    public bool IsUnnamed { get; init; }

    /// <summary>When a linked matter was first seen there.</summary>
    public DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>When one was last seen to come there.</summary>
    public DateTimeOffset LastSeenAt { get; init; }

    /// <summary>How many linked matters are there.</summary>
    public int Matters { get; init; }
}

/// <summary>A matter that waits in an unknown stage.</summary>
/// <param name="Matter">Lawmatics' id of it.</param>
/// <param name="CameAt">When it was seen to come there: a status that its case was given later stays.</param>
/// <param name="IsUnnamed">True when nobody could tell whether the map names the stage.</param>
public sealed record LawmaticsUnknownMatter(string Matter, DateTimeOffset CameAt, bool IsUnnamed);
