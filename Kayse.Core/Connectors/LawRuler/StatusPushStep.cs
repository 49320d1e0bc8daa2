using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Writes the status that was last set in Kayse to its lead. Law Ruler's status is read before: when it is there already nothing is written, and when
/// Law Ruler has changed it too the firm's rule decides. A write without an answer is looked after when Law Ruler has settled.
/// </summary>
public sealed class StatusPushStep(
    LawRulerClient client, LawRulerLeads leads, CompanyRegister companies, LawRulerConnections connections, CaseStore cases, CaseStatuses statuses, StatusQueue queue, Mappings mappings, CrmEffects effects, SyncHealth health, TimeProvider clock, OutboundCaseTypes caseTypes)
{
    /// <summary>The step's name.</summary>
    public const string Name = "status";

    private const string Superseded = "A newer change of the status has taken its place, or Law Ruler's stays.";

    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var change = StatusPushWorkflow.Change(attempt.Workflow);
        var connection = await connections.GetAsync(attempt.Company, cancellationToken);
        var credentials = await connections.CredentialsAsync(attempt.Company, cancellationToken);
        var company = await companies.FindAsync(attempt.Company, cancellationToken);
        var matter = await cases.FindAsync(attempt.Company, CaseId.Parse(attempt.Subject), cancellationToken);
        if (company is null || matter is null || !LeadId.TryParse(matter.ExternalSourceId, null, out var lead))
        {
            return StepOutcome.Refused("The case is gone, or has no Lead ID.");
        }

        if (!StatusSync.IsDue(matter, change))
        {
            return await NotDueAsync(attempt, matter, change, cancellationToken);
        }

        if (!connection.Connected || credentials is null)
        {
            return StepOutcome.Refused("Law Ruler is not connected. Connect it, then rerun from this step.", stopsAll: true);
        }

        var session = new LawRulerSession(attempt.Company, credentials, connection.Settings);
        var target = new LawRulerTarget(company, session, connection.Toggles, lead, matter, null, matter.CaseType, StatusPushWorkflow.Effects(matter.Id)) { SendsCaseType = await caseTypes.IncludesAsync(attempt.Company, connection.Settings, matter, null, cancellationToken) };
        return await WhyNotAsync(target, attempt.Workflow, change, cancellationToken) ?? await PushAsync(target, connection, change, attempt, cancellationToken);
    }

    private async Task<StepOutcome> NotDueAsync(StepAttempt attempt, Case matter, string change, CancellationToken cancellationToken)
    {
        if (!StatusSync.HasArrived(matter, change))
        {
            return StepOutcome.Skipped(Superseded);
        }

        // The webhook of a write whose answer was lost came before the next attempt.
        await effects.SettleAsync(attempt.Company, StatusPushWorkflow.Effects(matter.Id), Name, EffectState.Done, null, cancellationToken);
        await statuses.WithdrawWriteAsync(attempt.Company, matter.Id, StatusSync.Push, cancellationToken);
        await health.PushedAsync(attempt.Company, LawRulerConnections.Crm, cancellationToken);
        return StepOutcome.Done(matter.ExternalSourceId, "It was there from an earlier try and was not written again.");
    }

    private async Task<StepOutcome?> WhyNotAsync(LawRulerTarget target, string workflow, string change, CancellationToken cancellationToken)
    {
        if (target.WhilePaused(clock.GetUtcNow()) is { } paused)
        {
            return paused;
        }

        // What an admin had replayed, and has switched off again, is no newer change that is not to go out.
        var why = !target.Toggles.SyncCaseStatuses ? "Sync case statuses is off; the change waits until it is switched on."
            : !target.Toggles.SendData && StatusPushWorkflow.IsReplay(workflow) ? "Send data to Law Ruler is off; the change waits until it is switched on."
            : null;
        if (why is not null)
        {
            var queued = await statuses.QueueAsync(target.Company.Id, target.Case!.Id, change, cancellationToken);
            if (queued.StatusByKayse is { State: KayseStatusState.Queued } waiting && waiting.Change == change)
            {
                await queue.PutAsync(target.Company.Id, queued.Id, waiting, cancellationToken);
            }

            return StepOutcome.Skipped(why);
        }

        var whyNot = target.WhyNotSent(clock.GetUtcNow());
        if (whyNot is not null)
        {
            await statuses.SettleAsync(target.Company.Id, target.Case!.Id, change, cancellationToken);
        }

        return whyNot;
    }

    private async Task<StepOutcome> PushAsync(LawRulerTarget target, LawRulerConnection connection, string change, StepAttempt attempt, CancellationToken cancellationToken)
    {
        var (wanted, problem) = (await mappings.StatusesAsync(target.Company.Id, LawRulerConnections.Crm, cancellationToken)).FindCrm(target.Case!.StatusByKayse!.Status);
        if (wanted is null)
        {
            return StepOutcome.Refused($"{problem} Then rerun from this step.");
        }

        var earlier = await effects.FindAsync(target.Company.Id, target.Workflow, Name, cancellationToken);
        if (earlier is { State: EffectState.Announced })
        {
            var since = await effects.OpenSinceAsync(target.Company.Id, target.Workflow, Name, earlier, cancellationToken);
            if (LawRulerOutcomes.Unsettled(target, since, clock.GetUtcNow()) is { } wait)
            {
                return wait;
            }
        }

        var (seen, instead) = await leads.StatusAsync(target, attempt, connection.Settings.Statuses.Conflict == StatusConflict.Newest, cancellationToken);
        if (instead is not null)
        {
            return instead;
        }

        var done = seen is null ? null : await CompareAsync(target, connection, seen, wanted, change, earlier?.State == EffectState.Announced, cancellationToken);
        return done ?? await WriteAsync(target, wanted, change, attempt, cancellationToken);
    }

    /// <summary>What is to be said where nothing is to be written; null where it is.</summary>
    private async Task<StepOutcome?> CompareAsync(LawRulerTarget target, LawRulerConnection connection, CrmStatus seen, string wanted, string change, bool wasTried, CancellationToken cancellationToken)
    {
        var id = target.Company.Id;
        if (StatusMapping.Same(seen.Status, wanted))
        {
            await statuses.WrittenAsync(id, target.Case!.Id, change, wanted, cancellationToken);
            await effects.SettleAsync(id, target.Workflow, Name, EffectState.Done, null, cancellationToken);
            if (wasTried)
            {
                await health.PushedAsync(id, LawRulerConnections.Crm, cancellationToken);
            }

            return StepOutcome.Done(target.Lead.ToString(), wasTried ? "It was there from an earlier try and was not written again." : "Law Ruler has this status already.");
        }

        if (!connection.Toggles.ReceiveData)
        {
            // Nothing is taken over from Law Ruler, so there is nothing that Kayse's change could give way to.
            return null;
        }

        var (_, after) = await statuses.ObserveAsync(id, target.Case!.Id, seen, connection, cancellationToken);
        if (StatusSync.IsDue(after, change))
        {
            return null;
        }

        await statuses.WithdrawWriteAsync(id, after.Id, StatusSync.Push, cancellationToken);
        return StepOutcome.Skipped(StatusMapping.Same(after.Status, seen.Status) ? "The status was changed in Law Ruler too, and Law Ruler's stays: so says the setting for conflicts." : Superseded);
    }

    private async Task<StepOutcome> WriteAsync(LawRulerTarget target, string wanted, string change, StepAttempt attempt, CancellationToken cancellationToken)
    {
        var id = target.Company.Id;
        await effects.AnnounceAsync(id, target.Workflow, Name, null, cancellationToken);
        if (!await statuses.AnnouncePushAsync(id, target.Case!.Id, change, wanted, cancellationToken))
        {
            await effects.SettleAsync(id, target.Workflow, Name, EffectState.NotSent, null, cancellationToken);
            return StepOutcome.Skipped(Superseded);
        }

        var reply = await client.PostKeyPageAsync(target.Session, target.Settings.CampaignPath, Form(target, wanted), cancellationToken);
        var outcome = Checked(LawRulerOutcomes.Of(reply, target, attempt, clock.GetUtcNow()), reply, target);
        if (outcome.Kind == StepKind.Done)
        {
            await statuses.WrittenAsync(id, target.Case.Id, change, wanted, cancellationToken);
            await effects.SettleAsync(id, target.Workflow, Name, EffectState.Done, target.Lead.ToString(), cancellationToken);
            await health.PushedAsync(id, LawRulerConnections.Crm, cancellationToken);
            return outcome;
        }

        if (reply.Answer is { MayStillTakeEffect: true })
        {
            var since = await effects.LeaveOpenAsync(id, target.Workflow, Name, cancellationToken);
            return LawRulerOutcomes.NotBefore(outcome, LawRulerOutcomes.Settled(target, since));
        }

        await effects.SettleAsync(id, target.Workflow, Name, reply.Answer is null || reply.Answer.NothingWasSent ? EffectState.NotSent : EffectState.Answered, null, cancellationToken);
        await statuses.WithdrawWriteAsync(id, target.Case.Id, StatusSync.Push, cancellationToken);
        return outcome;
    }

    private static List<KeyValuePair<string, string>> Form(LawRulerTarget target, string status) =>
    [
        KeyValuePair.Create("LeadID", target.Lead.ToString()),
        .. target.Settings.OverrideParameters.Where(CampaignForm.IsOverrideName).Select(name => KeyValuePair.Create(name, "true")),
        KeyValuePair.Create("Status", CampaignForm.Encode(status)),
    ];

    /// <summary>A success that names another lead is none.</summary>
    private static StepOutcome Checked(StepOutcome outcome, LawRulerReply reply, LawRulerTarget target) =>
        outcome.Kind == StepKind.Done && reply.Answer?.LeadId is { } named && named != target.Lead.ToString()
            ? StepOutcome.Refused($"Law Ruler answered for another lead than {target.Lead}. Check the override parameter names in the settings, then rerun from this step.")
            : outcome;
}
