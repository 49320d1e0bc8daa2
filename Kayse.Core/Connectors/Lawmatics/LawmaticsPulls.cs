using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Counts: how many matters there are in Lawmatics, how many of them are linked to a case, and which are not. They are read page by page, behind all live work, and
/// nothing is imported. The last pull's list stays until the next one begins.
/// </summary>
public sealed class LawmaticsPulls(
    IEntityStore store, LawmaticsConnections connections, LawmaticsClient client, LawmaticsLinks links, WorkflowRecords records, AuditLog audit, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Step = "pull_matters";

    /// <summary>What to do about one that was given up.</summary>
    public const string WhenGivenUp = "Pull again when the cause is mended.";

    // A list that goes on behind a million matters is one that does not end.
    private const int MaxPages = 40_000;

    // As much leave as a step of a bulk sync takes: what asks for less is always served before it, and a long pull would keep it out.
    private const int Leave = 4;
    private const int MostForgottenAtOnce = 20;
    private const string Row = LawmaticsConnections.Crm + "~pull";
    private const string Part = "lawmatics-pull";

    // A start that a crash broke off is made good by whoever starts next; what is older has ended and was purged.
    private static readonly TimeSpan s_startedWithin = TimeSpan.FromDays(1);

    private readonly EntityTable<LawmaticsPull> _pulls = new(store, Tables.Integrations, static () => KayseJson.Default.LawmaticsPull);
    private readonly EntityTable<UnlinkedMatter> _unlinked = new(store, Tables.Integrations, static () => KayseJson.Default.UnlinkedMatter);

    /// <summary>Starts a pull unless one runs.</summary>
    public async Task<LawmaticsPullStart> StartAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        if (LawmaticsReasons.WhyNotNow(connection) is { } refusal)
        {
            return new LawmaticsPullStart(null, false, refusal);
        }

        while (true)
        {
            var last = await _pulls.GetAsync(Partitions.Of(company), Row, cancellationToken);
            if (last?.Value is { EndedAt: null } running && await IsRunningAsync(company, running, cancellationToken))
            {
                // Its start is finished, wherever a crash has come into it.
                await RunAsync(company, running.Id, connection.Settings, cancellationToken);
                return new LawmaticsPullStart(running.Id, false, null);
            }

            var next = new LawmaticsPull($"lawmaticspull.{Ids.New("pul", clock)}", clock.GetUtcNow()) { Firm = LawmaticsLinks.FirmOf(connection) };
            if (last is null ? await _pulls.InsertAsync(Partitions.Of(company), Row, next, cancellationToken) : await _pulls.ReplaceAsync(Partitions.Of(company), last, next, cancellationToken))
            {
                await RunAsync(company, next.Id, connection.Settings, cancellationToken);
                await audit.WriteAsync(company, LawmaticsConnections.Crm, "pull_started", "done", null, next.Id, null, cancellationToken);
                return new LawmaticsPullStart(next.Id, true, null);
            }
        }
    }

    /// <summary>Starts the pull anew whose workflow a disconnection stopped; false for a workflow of another kind, and where another has taken its place.</summary>
    public async Task<bool> ResumeAsync(CompanyId company, WorkflowRecord stopped, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stopped);
        return stopped.Name == LawmaticsPullWorkflow.Name && await FindAsync(company, cancellationToken) is var (pull, _) && pull.Id == stopped.Id && pull.EndedAt is null
            && await StartAsync(company, cancellationToken) is { IsNew: true };
    }

    /// <summary>How the last pull of the connected Lawmatics firm stands; null before the first.</summary>
    public async Task<(LawmaticsPull Pull, WorkflowView? Workflow)?> FindAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var firm = LawmaticsLinks.FirmOf(await connections.GetAsync(company, cancellationToken));
        return await _pulls.GetAsync(Partitions.Of(company), Row, cancellationToken) is { Value: var pull } && pull.Firm == firm
            ? (pull, await records.FindAsync(company, pull.Id, cancellationToken)) : null;
    }

    /// <summary>Forgets the matters that no case is linked to: their titles name persons who are none of Kayse's clients. How many there were stays. Returns how many rows went.</summary>
    public async Task<int> ForgetAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var forgotten = 0;
        await foreach (var row in _unlinked.AllAsync(Partition(company), new RowRange(), cancellationToken))
        {
            forgotten += await _unlinked.DeleteAsync(Partition(company), row, cancellationToken) ? 1 : 0;
        }

        return forgotten;
    }

    /// <summary>Forgets them where the pull is older than a time, or nothing is connected any more; returns how many rows went.</summary>
    public async Task<int> PurgeAsync(CompanyId company, DateTimeOffset before, CancellationToken cancellationToken) =>
        await _pulls.GetAsync(Partitions.Of(company), Row, cancellationToken) is { Value: var pull } && (pull.StartedAt < before || !(await connections.GetAsync(company, cancellationToken)).Connected)
            ? await ForgetAsync(company, cancellationToken) : 0;

    /// <summary>A page of the matters that no case is linked to, as far as the last pull has come.</summary>
    public async Task<(IReadOnlyList<UnlinkedMatter> Items, string? Next)> ListAsync(CompanyId company, string pull, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _unlinked.QueryAsync(Partition(company), new RowRange($"{pull}~", after is null ? null : $"{pull}~{after}"), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next?[(pull.Length + 1)..]);
    }

    /// <summary>Reads one page.</summary>
    public async Task<StepOutcome> RunAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var connection = await connections.GetAsync(attempt.Company, cancellationToken);
        var now = clock.GetUtcNow();
        if (LawmaticsOutcomes.WhyNotNow(connection, now) is { } not)
        {
            return not;
        }

        if (await _pulls.GetAsync(Partitions.Of(attempt.Company), Row, cancellationToken) is not { Value: { } pull } row || pull.Id != attempt.Workflow)
        {
            return StepOutcome.Refused("Another pull has taken this one's place.");
        }

        if (pull.Firm != LawmaticsLinks.FirmOf(connection))
        {
            return StepOutcome.Refused("The firm was connected to another Lawmatics account meanwhile. Pull again.");
        }

        if (pull.EndedAt is not null)
        {
            return StepOutcome.Done(note: Told(pull));
        }

        await ForgetOthersAsync(attempt.Company, pull, cancellationToken);
        var (session, comeBack) = await client.BeginAsync(connection.Session(attempt.Company, LawmaticsPriority.Bulk), Leave, cancellationToken);
        if (session is null)
        {
            return StepOutcome.Postpone("Waiting for the connection's rate limit.", comeBack);
        }

        try
        {
            return await ReadAsync(attempt.Company, row, session, cancellationToken);
        }
        finally
        {
            await client.EndAsync(session, CancellationToken.None);
        }
    }

    private async Task<StepOutcome> ReadAsync(CompanyId company, Stored<LawmaticsPull> row, LawmaticsSession session, CancellationToken cancellationToken)
    {
        var reply = await client.GetAsync(
            session,
            // Oldest first: a matter that is made meanwhile comes on the last page and moves no other.
            LawmaticsPath.Of("/v1/prospects", ("fields", "case_title,created_at"), ("sort_by", "id"), ("sort_order", "asc"), ("page", JsonText.Invariant(row.Value.Page))),
            cancellationToken);
        return reply.IsSuccess ? await TakeAsync(company, row, reply.Answer!, cancellationToken) : LawmaticsOutcomes.Of(reply, clock.GetUtcNow());
    }

    private async Task<bool> IsRunningAsync(CompanyId company, LawmaticsPull pull, CancellationToken cancellationToken) =>
        await records.FindAsync(company, pull.Id, cancellationToken) is { } view ? view.Record.EndedAt is null : pull.StartedAt + s_startedWithin > clock.GetUtcNow();

    private Task RunAsync(CompanyId company, string id, LawmaticsSettings settings, CancellationToken cancellationToken)
    {
        var policy = new RetryPolicy(settings.RetryFirstSeconds, settings.RetryMaxSeconds, settings.RetryWindowHours);
        var input = new StepAttempt(company, id, Step, LawmaticsConnections.Crm, 1, clock.GetUtcNow(), policy);
        return records.StartAsync(company, id, LawmaticsPullWorkflow.Name, LawmaticsConnections.Crm, JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.StepAttempt), cancellationToken);
    }

    private async Task<StepOutcome> TakeAsync(CompanyId company, Stored<LawmaticsPull> row, LawmaticsAnswer page, CancellationToken cancellationToken)
    {
        var pull = row.Value;
        var (matters, linked) = (page.Records, 0);
        foreach (var matter in matters)
        {
            if (Ids.IsValid(matter.Id) && await links.CaseOfAsync(company, pull.Firm, matter.Id, cancellationToken) is not null)
            {
                linked++;
            }
            else if (Ids.IsValid(matter.Id))
            {
                var unlinked = new UnlinkedMatter(matter.Id, matter.Text("case_title"), LawmaticsTime.Read(matter.Text("created_at")));
                await _unlinked.InsertAsync(Partition(company), $"{pull.Id}~{matter.Id}", unlinked, cancellationToken);
            }
        }

        var isLast = matters.Count == 0 || pull.Page >= MaxPages || (page.TotalPages is { } pages ? pull.Page >= pages : matters.Count < LawmaticsStagePoll.PageSize);
        var now = clock.GetUtcNow();
        var next = pull with
        {
            Page = isLast ? pull.Page : pull.Page + 1,
            Pages = page.TotalPages ?? pull.Pages,
            Read = pull.Read + matters.Count,
            Linked = pull.Linked + linked,
            Total = isLast ? Math.Max(page.TotalEntries ?? 0, pull.Read + matters.Count) : page.TotalEntries ?? pull.Total,
            EndedAt = isLast ? now : null,
        };
        // Where an attempt that was given up for dead was faster, its page counts, once.
        await _pulls.ReplaceAsync(Partitions.Of(company), row, next, cancellationToken);
        return isLast ? StepOutcome.Done(note: Told(next)) : StepOutcome.Postpone(Told(next), now);
    }

    private static string Told(LawmaticsPull pull) => pull.EndedAt is null
        ? $"Read {pull.Read} of {pull.Total} matters; {pull.Linked} of them are linked."
        : $"There are {pull.Total} matters in Lawmatics; {pull.Linked} are linked, {pull.Read - pull.Linked} are not. Nothing was imported.";

    // A few at each page: the lists of earlier pulls, whose ids sort before this one's, may be long.
    private async Task ForgetOthersAsync(CompanyId company, LawmaticsPull pull, CancellationToken cancellationToken)
    {
        for (var times = 0; times < MostForgottenAtOnce; times++)
        {
            var page = await store.QueryAsync(Tables.Integrations, Partition(company), new RowRange(), EntityRules.MaxOperations, cancellationToken);
            var old = page.Rows.Where(row => !row.Row.StartsWith($"{pull.Id}~", StringComparison.Ordinal)).Select(row => EntityOperation.Delete(row.Row, row.ETag)).ToList();
            if (old.Count == 0)
            {
                break;
            }

            await store.CommitAsync(Tables.Integrations, Partition(company), old, cancellationToken);
        }
    }

    private static string Partition(CompanyId company) => Partitions.Of(company, Part);
}

/// <summary>Where a pull stands.</summary>
/// <param name="Id">Its workflow's id without the company prefix.</param>
/// <param name="StartedAt">When it was started.</param>
public sealed record LawmaticsPull(string Id, DateTimeOffset StartedAt)
{
    /// <summary>Of which Lawmatics firm.</summary>
    public string Firm { get; init; } = string.Empty;

    /// <summary>When the last page was read; null while it is not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The next page, from 1; the last one at the end.</summary>
    public int Page { get; init; } = 1;

    /// <summary>How many pages there are, as far as Lawmatics has told.</summary>
    public int? Pages { get; init; }

    /// <summary>How many matters there are, as far as Lawmatics has told.</summary>
    public int? Total { get; init; }

    /// <summary>How many were read.</summary>
    public int Read { get; init; }

    /// <summary>How many of them are linked to a case.</summary>
    public int Linked { get; init; }
}

/// <summary>A matter in Lawmatics that no case is linked to.</summary>
/// <param name="Id">Lawmatics' id.</param>
/// <param name="Title">Its title there.</param>
/// <param name="CreatedAt">When it was made there.</param>
public sealed record UnlinkedMatter(string Id, string? Title, DateTimeOffset? CreatedAt);

/// <summary>What starting a pull came to.</summary>
/// <param name="Id">The pull that was started, or that runs; null when none may.</param>
/// <param name="IsNew">True when it was started now.</param>
/// <param name="Refusal">Why none may run, or null.</param>
public sealed record LawmaticsPullStart(string? Id, bool IsNew, string? Refusal);
