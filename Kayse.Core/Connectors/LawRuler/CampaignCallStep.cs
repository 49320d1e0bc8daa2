using Kayse.Core.Mapping;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// The campaign API call: tags, status, phone, custom fields, summary and transcript on the lead. Sending it twice writes the same again,
/// but for the status: on a retry, one that is neither ours nor the one seen before was set by a person and stays.
/// </summary>
public sealed class CampaignCallStep(LawRulerClient client, CrmEffects effects, Mappings mappings, MappedFields mappedFields, CaseStatuses statuses, AuditLog audit, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Name = "campaign_call";

    private const int MaxWarned = 20;

    private static readonly TimeSpan s_goodLook = TimeSpan.FromMinutes(15);

    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(LawRulerCall call, StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(attempt);
        if (!call.Toggles.SendCallRecords && !call.Toggles.SendMappedFields)
        {
            return StepOutcome.Skipped("Send call records and Send mapped fields are off.");
        }

        var (wanted, whyNone) = await WantedAsync(call, cancellationToken);
        var (seen, isKept, instead) = wanted is null ? (null, false, null) : await CheckStatusAsync(call, attempt, wanted, cancellationToken);
        if (instead is not null)
        {
            return instead;
        }

        var status = isKept ? null : wanted;
        var mapped = call.Toggles.SendMappedFields ? await mappedFields.ForAsync(MappingSubject.Of(call), ListRead.Stored, cancellationToken) : new MappedSet([]);
        var form = CampaignForm.Build(call, status, mapped, out var dropped);
        await effects.AnnounceAsync(call.Company.Id, call.Workflow, Name, seen, cancellationToken);
        if (call.Case is not null && wanted is not null)
        {
            await (status is null
                ? statuses.WithdrawWriteAsync(call.Company.Id, call.Case.Id, call.Workflow, cancellationToken)
                : statuses.AnnounceWriteAsync(call.Company.Id, call.Case.Id, call.Workflow, status, cancellationToken));
        }

        var reply = await client.PostKeyPageAsync(call.Session, call.Settings.CampaignPath, form, cancellationToken);
        var outcome = Checked(LawRulerOutcomes.Of(reply, call, attempt, clock.GetUtcNow()), reply, call);
        if (outcome.Kind == StepKind.Refused && status is not null && call.Case is not null)
        {
            await statuses.WithdrawWriteAsync(call.Company.Id, call.Case.Id, call.Workflow, cancellationToken);
        }

        if (outcome.Kind != StepKind.Done)
        {
            return await LeaveAsync(call, reply, outcome, wanted, isKept, cancellationToken);
        }

        await FinishAsync(call, status, cancellationToken);
        await WarnAsync(call, mapped, dropped, cancellationToken);
        return isKept ? outcome with { Reason = "The status was set by a person since the first attempt; it was kept." }
            : whyNone is not null ? outcome with { Reason = whyNone }
            : outcome;
    }

    /// <summary>The status to be written, as Law Ruler names it; or null, and why none is where the call has one.</summary>
    private async Task<(string? Status, string? WhyNone)> WantedAsync(LawRulerCall call, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(call.Call.Status) || !call.Toggles.SendCallRecords)
        {
            return (null, null);
        }

        var (wanted, problem) = (await mappings.StatusesAsync(call.Company.Id, LawRulerConnections.Crm, cancellationToken)).FindCrm(call.Call.Status);
        return wanted is null ? (null, $"No status was sent. {problem}")
            : call.Case is { } matter && StatusSync.IsSetAfter(matter, call.Call.End) && !StatusMapping.Same(matter.Status, wanted) ? (null, "The status was set in Kayse after the call; it was kept.")
            : (wanted, null);
    }

    private async Task<StepOutcome> LeaveAsync(LawRulerCall call, LawRulerReply reply, StepOutcome outcome, string? wanted, bool isKept, CancellationToken cancellationToken)
    {
        if (reply.Answer is { IsMissing: true })
        {
            // A status that Law Ruler still writes would come after one that a person sets when ours is there from the next attempt.
            var since = await effects.LeaveOpenAsync(call.Company.Id, call.Workflow, Name, cancellationToken);
            return wanted is null ? outcome : LawRulerOutcomes.NotBefore(outcome, LawRulerOutcomes.Settled(call, since));
        }

        // The look is still good when there is budget again: read anew each time, a small budget would be spent on reading alone.
        var state = reply.Answer is null && !isKept ? EffectState.NotSent : EffectState.Answered;
        await effects.SettleAsync(call.Company.Id, call.Workflow, Name, state, null, cancellationToken);
        return outcome;
    }

    private async Task FinishAsync(LawRulerCall call, string? status, CancellationToken cancellationToken)
    {
        await effects.SettleAsync(call.Company.Id, call.Workflow, Name, EffectState.Done, call.Lead.ToString(), cancellationToken);
        if (status is not null && call.Case is not null)
        {
            await statuses.FinishWriteAsync(call.Company.Id, call.Case.Id, call.Workflow, status, call.Call.End, cancellationToken);
        }
    }

    /// <summary>What of the mapping did not go out, and why. A value that does not fit is a client's data: a test with a sample record shows it, the audit log does not.</summary>
    private async Task WarnAsync(LawRulerCall call, MappedSet mapped, IReadOnlyList<string> dropped, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        if (dropped.Count > 0)
        {
            warnings.Add($"These names cannot be sent as parameters: {string.Join(", ", dropped.Take(MaxWarned))}.");
        }

        var misfits = mapped.Values.Where(value => value.Outcome is MappedOutcomes.Rejected or MappedOutcomes.Gone).Take(MaxWarned).ToList();
        if (misfits.Count > 0)
        {
            warnings.Add($"These fields were not sent: {string.Join(" ", misfits.Select(Misfit))}");
        }

        if (mapped.Blocked is { } blocked)
        {
            warnings.Add(blocked);
        }

        foreach (var warning in warnings)
        {
            await audit.WriteAsync(call.Company.Id, LawRulerConnections.Crm, Name, "warning", call.Lead.ToString(), call.Workflow, warning, cancellationToken);
        }
    }

    private static string Misfit(MappedValue value)
    {
        var reason = value.Outcome == MappedOutcomes.Rejected ? $"Its value does not fit a field of the type {value.Kind}; a test with this case shows it." : value.Reason;
        return $"{value.To}{(value.Label is null ? string.Empty : $" ({value.Label})")}: {reason}";
    }

    /// <summary>A success that names another lead is none.</summary>
    private static StepOutcome Checked(StepOutcome outcome, LawRulerReply reply, LawRulerCall call) =>
        outcome.Kind == StepKind.Done && reply.Answer?.LeadId is { } named && named != call.Lead.ToString()
            ? StepOutcome.Refused($"Law Ruler answered for another lead than {call.Lead}. Check the override parameter names in the settings, then rerun from this step.")
            : outcome;

    private async Task<(SeenStatus? Seen, bool IsKept, StepOutcome? Instead)> CheckStatusAsync(LawRulerCall call, StepAttempt attempt, string wanted, CancellationToken cancellationToken)
    {
        var earlier = await effects.FindAsync(call.Company.Id, call.Workflow, Name, cancellationToken);
        if (earlier is { State: EffectState.Announced })
        {
            var since = await effects.OpenSinceAsync(call.Company.Id, call.Workflow, Name, earlier, cancellationToken);
            if (LawRulerOutcomes.Unsettled(call, since, clock.GetUtcNow()) is { } wait)
            {
                return (null, false, wait);
            }
        }

        if (earlier is { State: EffectState.NotSent, StatusSeenAt: { } seenAt } && clock.GetUtcNow() - seenAt < s_goodLook && !HasChangedSince(call, seenAt))
        {
            return (new SeenStatus(earlier.StatusBefore, seenAt), false, null);
        }

        var reply = await client.GetStatusAsync(call.Session, call.Lead, cancellationToken);
        var now = clock.GetUtcNow();
        if (reply.Answer is not { Kind: AnswerKind.Success, Status: { } current })
        {
            // A portal that answers but gives no status cannot be compared with: go by what the case's last webhook said.
            return reply.Answer?.Kind == AnswerKind.Success
                ? (new SeenStatus(call.Case?.Status, now), false, null)
                : (null, false, LawRulerOutcomes.Of(reply, call, attempt, now));
        }

        var isKept = earlier?.StatusBefore is { } before && !StatusMapping.Same(current, before) && !StatusMapping.Same(current, wanted);
        return (new SeenStatus(current, now), isKept, null);
    }

    /// <summary>A webhook has told of another status since the look: a person may have set it.</summary>
    private static bool HasChangedSince(LawRulerCall call, DateTimeOffset seenAt) => call.Case is { StatusAt: { } at, StatusOrigin: not CaseStatuses.Kayse } && at >= seenAt;
}
