using System.Text.Json;
using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Events;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Starts what is done in Law Ruler, once each, and runs it again. A workflow's id is <c>{kind}.{subject}</c>, e.g. <c>postcall.call_9f2</c>, <c>message.msg_31</c>,
/// <c>document.doc_204</c> or <c>case_sync.syn_…</c>; a rerun appends <c>.r{n}</c> and shares the first run's effects, so that what is in Law Ruler already is found there.
/// </summary>
public sealed class LawRulerWorkflows(WorkflowRecords records, LawRulerConnections connections, TimeProvider clock)
{
    private const int MaxReruns = 1000;

    /// <summary>The first run of a workflow, for itself and each of its reruns.</summary>
    public static string First(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        // By its parts: a subject's own id may begin with an r.
        return string.Join('.', id.Split('.').Take(2));
    }

    /// <summary>The workflow that an event leads to, or null.</summary>
    public static string? IdOf(PlatformEvent platformEvent)
    {
        ArgumentNullException.ThrowIfNull(platformEvent);
        return platformEvent.Type is EventTypes.CallAnalyzed or EventTypes.CallEnded
            ? PostCallWorkflow.Id(CompletedCall.From(platformEvent).Id)
            : platformEvent.Type == EventTypes.CaseStatusChanged ? StatusPushWorkflow.Id(platformEvent.Id.ToString())
            : DeliveryKind.All.FirstOrDefault(kind => kind.Events.Contains(platformEvent.Type))?.WorkflowOf(platformEvent);
    }

    /// <summary>The steps from which a workflow can be run again; none for one that cannot.</summary>
    public static IReadOnlyList<string> StepsOf(WorkflowRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Name switch
        {
            PostCallWorkflow.Name => PostCallWorkflow.Steps,
            LawRulerTaskWorkflow.Name => [LawRulerTaskWorkflow.StepOf(record.Id)],
            StatusPushWorkflow.Name => [StatusPushStep.Name],
            _ => [],
        };
    }

    /// <summary>Starts a call's chain; false when it was started before.</summary>
    public Task<bool> StartCallAsync(CompanyId company, string id, string eventId, string fromStep, bool only, LawRulerSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var input = new PostCallInput(company, id, eventId, fromStep, Policy(settings), settings.GoOnAfterMinutes, only);
        return records.StartAsync(company, id, PostCallWorkflow.Name, eventId, JsonSerializer.SerializeToUtf8Bytes(input, KayseJson.Default.PostCallInput), cancellationToken);
    }

    /// <summary>Starts a task of one step; false when it was started before.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">The workflow's id, which begins with the step's name.</param>
    /// <param name="subject">The id of the event or case that it is about.</param>
    /// <param name="settings">How it is tried again.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<bool> StartTaskAsync(CompanyId company, string id, string subject, LawRulerSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var first = new StepAttempt(company, id, LawRulerTaskWorkflow.StepOf(id), subject, 1, clock.GetUtcNow(), Policy(settings));
        return records.StartAsync(company, id, LawRulerTaskWorkflow.Name, subject, JsonSerializer.SerializeToUtf8Bytes(first, KayseJson.Default.StepAttempt), cancellationToken);
    }

    /// <summary>Starts the synchronisation of one case; returns the workflow's id.</summary>
    public async Task<string> StartSyncAsync(CompanyId company, CaseId matter, CancellationToken cancellationToken)
    {
        var id = $"{CaseSyncStep.Name}.{Ids.New("syn", clock)}";
        await StartTaskAsync(company, id, matter.ToString(), (await connections.GetAsync(company, cancellationToken)).Settings, cancellationToken);
        return id;
    }

    /// <summary>The last run of a workflow: itself or its latest rerun; null when it was never started.</summary>
    public async Task<WorkflowRecord?> LastRunAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        var last = await records.FindAsync(company, First(id), cancellationToken);
        for (var n = 1; n <= MaxReruns && last is not null; n++)
        {
            if (await records.FindAsync(company, $"{First(id)}.r{n}", cancellationToken) is not { } next)
            {
                break;
            }

            last = next;
        }

        return last?.Record;
    }

    /// <summary>Runs a workflow again from a step, under a new id. What is in Law Ruler already is found there and not written again.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="record">The workflow.</param>
    /// <param name="fromStep">The first step, one of <see cref="StepsOf"/>.</param>
    /// <param name="only">True for this step alone.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The new id, or null when it was run again too often.</returns>
    public async Task<string?> RerunAsync(CompanyId company, WorkflowRecord record, string fromStep, bool only, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        var settings = (await connections.GetAsync(company, cancellationToken)).Settings;
        return await RunAgainAsync(company, record.Id, StartAsync, cancellationToken);

        Task<bool> StartAsync(string id) => record.Name == PostCallWorkflow.Name
            ? StartCallAsync(company, id, record.Subject, fromStep, only, settings, cancellationToken)
            : StartTaskAsync(company, id, record.Subject, settings, cancellationToken);
    }

    /// <summary>Starts a workflow once more under the next free id of a rerun.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="id">The workflow, or a rerun of it.</param>
    /// <param name="startAsync">Starts one with the given id; false when there is one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The new id, or null when it is being run again already, or was too often.</returns>
    public async Task<string?> RunAgainAsync(CompanyId company, string id, Func<string, Task<bool>> startAsync, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(startAsync);
        for (var n = 1; n <= MaxReruns; n++)
        {
            var next = $"{First(id)}.r{n}";
            var known = await records.FindAsync(company, next, cancellationToken);
            if (known is null)
            {
                // Whoever has been faster is at the same steps: two of them would write side by side.
                return await startAsync(next) ? next : null;
            }

            if (known.Record.EndedAt is null)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>How a firm's steps are tried again.</summary>
    public static RetryPolicy Policy(LawRulerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new RetryPolicy(settings.RetryFirstSeconds, settings.RetryMaxSeconds, settings.RetryWindowHours);
    }
}
