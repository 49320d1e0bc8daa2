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
    IEntityStore store, CaseStore cases, LawmaticsLinks links, LawmaticsStatuses map, LawmaticsStageNames names, LawmaticsUnknownStages unknown, CaseStatuses statuses, AuditLog audit)
{
    /// <summary>The attributes that a look needs.</summary>
    public const string Fields = "stage,sub_status,status,updated_at";

    private const string Action = "stage_change";

    // Looks at one matter that come upon each other: more than two or three at once there hardly are.
    private const int MaxTurns = 10;

    private readonly EntityTable<LawmaticsMatterSeen> _seen = new(store, Tables.Links, static () => KayseJson.Default.LawmaticsMatterSeen);

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
        if (!Ids.IsValid(matter.Id) || await PlaceAsync(company, firm, matter.Id, cancellationToken) is not { } at
            // Taken for a case and not linked yet: whoever links it takes a look.
            || await links.FindAsync(company, firm, at.Case, cancellationToken) is not { } link || link.MatterId != matter.Id)
        {
            return new LawmaticsLook(LawmaticsLookKind.NotLinked);
        }

        LawmaticsMatterSeen? before = null;
        var now = await _seen.UpdateAsync(
            Partitions.Spread(company, at.Row),
            at.Row,
            old =>
            {
                before = old;
                return LawmaticsMatterSeen.After(old, LawmaticsMatterSeen.Of(matter, readAt), link.StageId, link.Stage == StageState.Sent);
            },
            cancellationToken);
        return await ApplyAsync(at, before, now, cancellationToken);
    }

    /// <summary>Applies to the matters that wait in listed stages what the status map names by now, and judges those in stages whose names can be read by now.</summary>
    /// <returns>How many cases changed, and whether some still wait for the names.</returns>
    public async Task<(int Changed, bool IsWaiting)> ApplyMappedAsync(CompanyId company, LawmaticsConnection connection, CancellationToken cancellationToken)
    {
        var firm = LawmaticsLinks.FirmOf(connection);
        var mapping = await map.MappingAsync(company, cancellationToken);
        var (changed, isWaiting) = (0, false);
        foreach (var stage in await unknown.AllAsync(company, firm, cancellationToken))
        {
            if (mapping.FindKayse(stage.Name, stage.StageId) is { } status && !stage.IsUnnamed)
            {
                changed += await ApplyMappedAsync(company, firm, stage, status, cancellationToken);
            }
            else if (stage.IsUnnamed)
            {
                var (judged, isJudged) = await JudgeUnnamedAsync(company, firm, stage, cancellationToken);
                (changed, isWaiting) = (changed + judged, isWaiting || !isJudged);
            }
        }

        return (changed, isWaiting);
    }

    private async Task<int> ApplyMappedAsync(CompanyId company, string firm, LawmaticsUnknownStage stage, string status, CancellationToken cancellationToken)
    {
        var changed = 0;
        await foreach (var waiting in unknown.MattersAsync(company, firm, stage, cancellationToken))
        {
            if (await PlaceAsync(company, firm, waiting.Matter, cancellationToken) is { } at)
            {
                changed += await ApplyMappedAsync(at, stage, waiting, status, cancellationToken) ? 1 : 0;
            }

            await unknown.LeaveAsync(company, firm, stage, waiting.Matter, cancellationToken);
        }

        await unknown.RemoveAsync(company, firm, stage, cancellationToken);
        return changed;
    }

    private async Task<bool> ApplyMappedAsync(Place at, LawmaticsUnknownStage stage, LawmaticsUnknownMatter waiting, string status, CancellationToken cancellationToken)
    {
        var seen = await SeenAsync(at, cancellationToken);
        var isThere = stage.StageId is { } id ? seen?.StageId == id : StatusMapping.Same(seen?.SubStatus, stage.Name);
        // What somebody has set since the matter came there is newer, however late the map learns of the stage.
        if (seen is null || !isThere || (await cases.FindAsync(at.Company, at.Case, cancellationToken))?.StatusAt > waiting.CameAt
            || !await SetAsync(at, status, stage.Name, cancellationToken))
        {
            return false;
        }

        if (await MarkAsync(at, seen, isSet: true, cancellationToken) is { Applied: false } newer)
        {
            await ApplyAsync(at, seen, newer, cancellationToken);
        }

        return true;
    }

    /// <summary>Judges the matters in a stage whose name could not be read; false while it still cannot be.</summary>
    private async Task<(int Changed, bool IsJudged)> JudgeUnnamedAsync(CompanyId company, string firm, LawmaticsUnknownStage stage, CancellationToken cancellationToken)
    {
        var (changed, isListed) = (0, false);
        await foreach (var waiting in unknown.MattersAsync(company, firm, stage, cancellationToken))
        {
            var look = !waiting.IsUnnamed ? new LawmaticsLook(LawmaticsLookKind.Unknown)
                : await PlaceAsync(company, firm, waiting.Matter, cancellationToken) is { } at && await SeenAsync(at, cancellationToken) is { Applied: false } seen && seen.StageId == stage.StageId
                    ? await ApplyAsync(at, null, seen, cancellationToken)
                : new LawmaticsLook(LawmaticsLookKind.Same);
            if (look.Kind == LawmaticsLookKind.NamesMissing)
            {
                return (changed, false);
            }

            changed += look.Kind == LawmaticsLookKind.Changed ? 1 : 0;
            isListed |= look.Kind == LawmaticsLookKind.Unknown;
            if (look.Kind != LawmaticsLookKind.Unknown)
            {
                await unknown.LeaveAsync(company, firm, stage, waiting.Matter, cancellationToken);
            }
        }

        if (!isListed)
        {
            await unknown.RemoveAsync(company, firm, stage, cancellationToken);
        }

        return (changed, true);
    }

    /// <summary>Applies a look, and where another came upon it meanwhile, that one too: the newest is the last to take effect.</summary>
    private async Task<LawmaticsLook> ApplyAsync(Place at, LawmaticsMatterSeen? before, LawmaticsMatterSeen now, CancellationToken cancellationToken)
    {
        var look = new LawmaticsLook(LawmaticsLookKind.Same, at.Case);
        for (var turn = 0; turn < MaxTurns && !now.Applied; turn++)
        {
            await LeaveAsync(at, before, now, cancellationToken);
            var meaning = await MeaningAsync(at, now, cancellationToken);
            // The names may have taken their time.
            var latest = await SeenAsync(at, cancellationToken) ?? now;
            if (latest.Applied || !latest.IsSameChangeAs(now))
            {
                (before, now) = (now, latest);
                continue;
            }

            await ListAsync(at, meaning, cancellationToken);
            if (meaning.IsUnnamed)
            {
                return new LawmaticsLook(LawmaticsLookKind.NamesMissing, at.Case);
            }

            var isSet = meaning.Status is not null && await SetAsync(at, meaning.Status, meaning.Name, cancellationToken);
            look = new LawmaticsLook(
                isSet ? LawmaticsLookKind.Changed : meaning.Status is not null ? LawmaticsLookKind.Agrees : meaning.Listed is not null ? LawmaticsLookKind.Unknown : LawmaticsLookKind.Same, at.Case);
            (before, now) = (now, await MarkAsync(at, now, isSet, cancellationToken));
        }

        return look;
    }

    private async Task LeaveAsync(Place at, LawmaticsMatterSeen? before, LawmaticsMatterSeen now, CancellationToken cancellationToken)
    {
        if (before?.StageId is { } stage && stage != now.StageId)
        {
            await unknown.LeaveAsync(at.Company, at.Firm, new LawmaticsUnknownStage(stage, string.Empty), at.Matter, cancellationToken);
        }

        if (before?.SubStatus is { } subStatus && subStatus != now.SubStatus)
        {
            await unknown.LeaveAsync(at.Company, at.Firm, new LawmaticsUnknownStage(null, subStatus), at.Matter, cancellationToken);
        }
    }

    /// <summary>What a look means by the status map: the stage before the sub status.</summary>
    private async Task<Meaning> MeaningAsync(Place at, LawmaticsMatterSeen now, CancellationToken cancellationToken)
    {
        var mapping = await map.MappingAsync(at.Company, cancellationToken);
        var stage = now.StageChanged ? now.StageId : null;
        var name = stage is not null ? await names.FindAsync(at.Company, stage, cancellationToken) : null;
        if (stage is not null && mapping.FindKayse(name, stage) is { } byStage)
        {
            return new Meaning(byStage, name, null);
        }

        if (stage is not null && name is null)
        {
            // Nobody can tell whether the map names it: the list of stages cannot be read for now.
            return new Meaning(null, null, new LawmaticsUnknownStage(stage, LawmaticsStageNames.Unnamed(stage)) { IsUnnamed = true });
        }

        var bySubStatus = now.SubStatusChanged ? mapping.FindKayse(now.SubStatus, null) ?? mapping.FindKayse(now.Status, null) : null;
        var listed = stage is not null ? new LawmaticsUnknownStage(stage, name!)
            : now is { SubStatusChanged: true, SubStatus: { } unnamed } && bySubStatus is null ? new LawmaticsUnknownStage(null, unnamed)
            : null;
        return new Meaning(bySubStatus, now.SubStatus ?? now.Status, listed);
    }

    /// <summary>Lists what the map does not name: the stage, and the sub status where the stage has not changed. Said once for a matter that comes there.</summary>
    private async Task ListAsync(Place at, Meaning meaning, CancellationToken cancellationToken)
    {
        if (meaning.Listed is { } listed && await unknown.EnterAsync(at.Company, at.Firm, listed, at.Matter, cancellationToken) && !listed.IsUnnamed)
        {
            await audit.WriteAsync(
                at.Company, LawmaticsConnections.Crm, Action, "skipped", at.Matter, at.Case.ToString(),
                $"«{listed.Name}» is not in the status map: the case keeps its status. Add it there; it is applied some minutes later.", cancellationToken);
        }
    }

    /// <summary>Notes that a look has taken effect. One that came upon it meanwhile is to take effect after it, whoever has applied it before.</summary>
    /// <returns>What is known of the matter then.</returns>
    private Task<LawmaticsMatterSeen> MarkAsync(Place at, LawmaticsMatterSeen applied, bool isSet, CancellationToken cancellationToken) => _seen.UpdateAsync(
        Partitions.Spread(at.Company, at.Row),
        at.Row,
        old => old is null ? applied with { Applied = true } : old.IsSameChangeAs(applied) ? old with { Applied = true } : isSet ? old with { Applied = false } : old,
        cancellationToken);

    private async Task<bool> SetAsync(Place at, string status, string? name, CancellationToken cancellationToken)
    {
        var isSet = await statuses.SetElsewhereAsync(at.Company, at.Case, status, LawmaticsConnections.Crm, cancellationToken);
        if (isSet)
        {
            await audit.WriteAsync(at.Company, LawmaticsConnections.Crm, Action, "done", at.Matter, at.Case.ToString(), $"«{name}» in Lawmatics: the case's status is now «{status}».", cancellationToken);
        }

        return isSet;
    }

    private async Task<Place?> PlaceAsync(CompanyId company, string firm, string matter, CancellationToken cancellationToken) =>
        await links.CaseOfAsync(company, firm, matter, cancellationToken) is { } id ? new Place(company, firm, matter, id, Row(firm, matter)) : null;

    private async Task<LawmaticsMatterSeen?> SeenAsync(Place at, CancellationToken cancellationToken) => (await _seen.GetAsync(Partitions.Spread(at.Company, at.Row), at.Row, cancellationToken))?.Value;

    private static string Row(string firm, string matter) => $"{LawmaticsConnections.Crm}~seen~{firm}~{matter}";

    private sealed record Place(CompanyId Company, string Firm, string Matter, CaseId Case, string Row);

    private sealed record Meaning(string? Status, string? Name, LawmaticsUnknownStage? Listed)
    {
        public bool IsUnnamed => Listed is { IsUnnamed: true };
    }
}

/// <summary>What a look at a matter came to.</summary>
/// <param name="Kind">What.</param>
/// <param name="Case">The case, where the matter is linked.</param>
public sealed record LawmaticsLook(LawmaticsLookKind Kind, CaseId? Case = null);

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

    /// <summary>The names of the stages cannot be read for now: it is listed and judged when they can.</summary>
    NamesMissing,
}
