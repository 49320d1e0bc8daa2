using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// What a look at a matter in Lawmatics means for its case: a stage or sub status that the status map names becomes the case's status; one that it does not name is
/// listed. Webhooks and the poll both come here, and each change takes effect once.
/// </summary>
public sealed class LawmaticsStageChanges(
    IEntityStore store, LawmaticsLinks links, LawmaticsStatuses map, LawmaticsStageNames names, LawmaticsUnknownStages unknown, CaseStatuses statuses, AuditLog audit)
{
    /// <summary>The attributes that a look needs.</summary>
    public const string Fields = "stage,sub_status,status,updated_at";

    private const string Action = "stage_change";

    private readonly EntityTable<LawmaticsMatterSeen> _seen = new(store, Tables.Links, KayseJson.Default.LawmaticsMatterSeen);

    /// <summary>Takes a look at a matter; the same look again has no effect.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="connection">Its connection.</param>
    /// <param name="matter">The matter, read with <see cref="Fields"/>.</param>
    /// <param name="readAt">When it was asked for.</param>
    /// <param name="cancellationToken">The host stops: the look is repeated.</param>
    public async Task<LawmaticsLook> ObserveAsync(CompanyId company, LawmaticsConnection connection, LawmaticsRecord matter, DateTimeOffset readAt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(matter);
        var firm = LawmaticsLinks.FirmOf(connection);
        if (!Ids.IsValid(matter.Id) || await links.CaseOfAsync(company, firm, matter.Id, cancellationToken) is not { } id
            // Taken for a case and not linked yet: whoever links it takes a look.
            || await links.FindAsync(company, firm, id, cancellationToken) is not { } link || link.MatterId != matter.Id)
        {
            return new LawmaticsLook(LawmaticsLookKind.NotLinked);
        }

        LawmaticsMatterSeen? before = null;
        var row = Row(firm, matter.Id);
        var now = await _seen.UpdateAsync(
            Partitions.Spread(company, row),
            row,
            old =>
            {
                before = old;
                return LawmaticsMatterSeen.After(old, LawmaticsMatterSeen.Of(matter, readAt), link.StageId, link.Stage == StageState.Sent);
            },
            cancellationToken);
        return now.Applied
            ? new LawmaticsLook(LawmaticsLookKind.Same, id)
            : await ApplyAsync(new Place(company, firm, matter.Id, id, row), before, now, cancellationToken);
    }

    /// <summary>Applies to the matters that wait in listed stages what the status map names by now; returns how many cases changed.</summary>
    public async Task<int> ApplyMappedAsync(CompanyId company, LawmaticsConnection connection, CancellationToken cancellationToken)
    {
        var firm = LawmaticsLinks.FirmOf(connection);
        var mapping = await map.MappingAsync(company, cancellationToken);
        var changed = 0;
        foreach (var stage in await unknown.AllAsync(company, firm, cancellationToken))
        {
            if (mapping.FindKayse(stage.Name, stage.StageId) is not { } status)
            {
                continue;
            }

            await foreach (var matter in unknown.MattersAsync(company, firm, stage, cancellationToken))
            {
                changed += await ApplyMappedAsync(company, firm, stage, matter, status, cancellationToken) ? 1 : 0;
            }

            await unknown.RemoveAsync(company, firm, stage, cancellationToken);
        }

        return changed;
    }

    private async Task<bool> ApplyMappedAsync(CompanyId company, string firm, LawmaticsUnknownStage stage, string matter, string status, CancellationToken cancellationToken)
    {
        var row = Row(firm, matter);
        var seen = (await _seen.GetAsync(Partitions.Spread(company, row), row, cancellationToken))?.Value;
        var isThere = stage.StageId is { } id ? seen?.StageId == id : StatusMapping.Same(seen?.SubStatus, stage.Name);
        var isSet = isThere && await links.CaseOfAsync(company, firm, matter, cancellationToken) is { } found
            && await SetAsync(company, matter, found, status, stage.Name, cancellationToken);
        await unknown.LeaveAsync(company, firm, stage, matter, cancellationToken);
        return isSet;
    }

    private async Task<LawmaticsLook> ApplyAsync(Place at, LawmaticsMatterSeen? before, LawmaticsMatterSeen now, CancellationToken cancellationToken)
    {
        var mapping = await map.MappingAsync(at.Company, cancellationToken);
        var stageName = now is { StageChanged: true, StageId: { } stageId } ? await names.FindAsync(at.Company, stageId, cancellationToken) : null;
        var byStage = now is { StageChanged: true, StageId: not null } ? mapping.FindKayse(stageName, now.StageId) : null;
        if (byStage is null && now is { StageChanged: true, StageId: not null } && stageName is null)
        {
            // Nobody can tell whether the map names it: the list of stages cannot be read for now.
            return new LawmaticsLook(LawmaticsLookKind.NamesMissing, at.Case);
        }

        var bySubStatus = now.SubStatusChanged ? mapping.FindKayse(now.SubStatus, null) ?? mapping.FindKayse(now.Status, null) : null;
        if (before?.StageId is { } left && left != now.StageId)
        {
            await unknown.LeaveAsync(at.Company, at.Firm, new LawmaticsUnknownStage(left, string.Empty), at.Matter, cancellationToken);
        }

        var listed = await ListAsync(at, now, stageName, byStage, bySubStatus, cancellationToken);
        var status = byStage ?? bySubStatus;
        var isSet = status is not null && await SetAsync(at.Company, at.Matter, at.Case, status, byStage is not null ? stageName : now.SubStatus ?? now.Status, cancellationToken);
        await _seen.UpdateAsync(Partitions.Spread(at.Company, at.Row), at.Row, old => old == now ? now with { Applied = true } : old ?? now, cancellationToken);
        var kind = isSet ? LawmaticsLookKind.Changed : status is not null ? LawmaticsLookKind.Agrees : listed is not null ? LawmaticsLookKind.Unknown : LawmaticsLookKind.Same;
        return new LawmaticsLook(kind, at.Case, status, listed?.Name ?? stageName);
    }

    /// <summary>Lists what the map does not name: the stage, and the sub status where the stage has not changed.</summary>
    private async Task<LawmaticsUnknownStage?> ListAsync(Place at, LawmaticsMatterSeen now, string? stageName, string? byStage, string? bySubStatus, CancellationToken cancellationToken)
    {
        var listed = now is { StageChanged: true, StageId: { } id } ? byStage is null ? new LawmaticsUnknownStage(id, stageName!) : null
            : now is { SubStatusChanged: true, SubStatus: { } name } && bySubStatus is null ? new LawmaticsUnknownStage(null, name)
            : null;
        if (listed is not null)
        {
            await unknown.EnterAsync(at.Company, at.Firm, listed, at.Matter, cancellationToken);
            await audit.WriteAsync(
                at.Company, LawmaticsConnections.Crm, Action, "skipped", at.Matter, at.Case.ToString(),
                $"«{listed.Name}» is not in the status map: the case keeps its status. Add it there; the next poll then applies it.", cancellationToken);
        }

        return listed;
    }

    private async Task<bool> SetAsync(CompanyId company, string matter, CaseId id, string status, string? name, CancellationToken cancellationToken)
    {
        var isSet = await statuses.SetElsewhereAsync(company, id, status, LawmaticsConnections.Crm, cancellationToken);
        if (isSet)
        {
            await audit.WriteAsync(company, LawmaticsConnections.Crm, Action, "done", matter, id.ToString(), $"«{name}» in Lawmatics: the case's status is now «{status}».", cancellationToken);
        }

        return isSet;
    }

    private static string Row(string firm, string matter) => $"{LawmaticsConnections.Crm}~seen~{firm}~{matter}";

    private sealed record Place(CompanyId Company, string Firm, string Matter, CaseId Case, string Row);
}

/// <summary>What a look at a matter came to.</summary>
/// <param name="Kind">What.</param>
/// <param name="Case">The case, where the matter is linked.</param>
/// <param name="Status">The status that the map names, or null.</param>
/// <param name="Stage">The stage's or sub status' name: a text of Lawmatics'.</param>
public sealed record LawmaticsLook(LawmaticsLookKind Kind, CaseId? Case = null, string? Status = null, string? Stage = null);

/// <summary>What a look at a matter means.</summary>
public enum LawmaticsLookKind
{
    /// <summary>No case is linked to it: nothing is imported.</summary>
    NotLinked,

    /// <summary>Everything is as it was known.</summary>
    Same,

    /// <summary>The case's status is another now.</summary>
    Changed,

    /// <summary>The case has the status already.</summary>
    Agrees,

    /// <summary>The status map does not name it: it is listed.</summary>
    Unknown,

    /// <summary>The names of the stages cannot be read for now: the look is to be repeated.</summary>
    NamesMissing,
}
