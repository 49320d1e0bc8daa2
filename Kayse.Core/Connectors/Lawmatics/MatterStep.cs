using System.Text.Json.Nodes;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// The case's matter: made once, then updated. The stage is sent with a new matter alone, since from then on it is Lawmatics' people who move it; it is read back, for
/// Lawmatics may ignore it.
/// </summary>
public sealed class MatterStep(LawmaticsClient client, LawmaticsContacts lists, LawmaticsLinks links, MatterPlans plans, LawmaticsCatalog catalog, CrmEffects effects, OnceInCrm once, AuditLog audit, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Name = "matter";

    private const string StageIgnored = "Lawmatics did not take the mapped stage and left the matter in another one. Move it there by hand, or have an automation in Lawmatics do it; a sync by hand tries the stage again.";

    // Lawmatics' clock may be another than ours.
    private static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(10);

    private static readonly StepOutcome s_noContact = StepOutcome.Refused("The client has no contact in Lawmatics yet. Sync the matter again from its first step.");

    private static readonly StepOutcome s_deleted = StepOutcome.Refused("The matter is not in Lawmatics any more: somebody deleted it there. Sync it by hand to make it anew.");

    private static readonly StepOutcome s_unknown = StepOutcome.Refused("Lawmatics did not confirm that it made the matter, and does not let Kayse look. It is not made again, so that it cannot be there twice: look in Lawmatics, then sync again.");

    /// <summary>Makes one attempt.</summary>
    /// <param name="target">The case.</param>
    /// <param name="workflow">The sync, for the audit log.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<StepOutcome> RunAsync(LawmaticsTarget target, string workflow, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (await links.FindContactAsync(target.Company.Id, target.Firm, target.Client.Id, cancellationToken) is not { ContactId: var contact })
        {
            return s_noContact;
        }

        var (plan, instead) = await plans.MakeAsync(target, cancellationToken);
        if (plan is null)
        {
            return instead!;
        }

        var link = await links.FindAsync(target.Company.Id, target.Firm, target.Case.Id, cancellationToken) ?? await GivenAsync(target, contact, cancellationToken);
        var written = link is null ? await CreateAsync(target, plan, contact, cancellationToken) : await UpdateAsync(target, link, plan, contact, cancellationToken);
        return written.Kind == StepKind.Done ? await VerifyAsync(target, written, plan, workflow, cancellationToken) : written;
    }

    /// <summary>The link of a case that the platform knows as a matter of Lawmatics': it is there already.</summary>
    private async Task<LawmaticsLink?> GivenAsync(LawmaticsTarget target, string contact, CancellationToken cancellationToken) =>
        target.Case.ExternalSource == LawmaticsConnections.Crm && await links.TakeAsync(target.Company.Id, target.Firm, target.Case.ExternalSourceId, target.Case.Id, cancellationToken)
            ? await links.ChangeAsync(target.Company.Id, target.Firm, target.Case.Id, old => old ?? new LawmaticsLink(target.Case.Id, target.Case.ExternalSourceId, contact, clock.GetUtcNow()), cancellationToken)
            : null;

    private async Task<StepOutcome> CreateAsync(LawmaticsTarget target, MatterPlan plan, string contact, CancellationToken cancellationToken)
    {
        var body = plan.Body(withStage: true);
        body["contact_id"] = long.TryParse(contact, out var number) ? number : contact;
        if (target.Settings.Sync.Tags.Count > 0)
        {
            body["tags"] = new JsonArray([.. target.Settings.Sync.Tags.Select(tag => (JsonNode?)JsonValue.Create(tag.Trim()))]);
        }

        if (await effects.FindAsync(target.Company.Id, target.Effects, Name, cancellationToken) is { State: EffectState.Done, Resource: { } made })
        {
            // A crash came before it was linked.
            return await LinkAsync(target, plan, contact, made, cancellationToken);
        }

        var outcome = await once.RunAsync(
            new CrmWrite(target.Company.Id, target.Effects, Name)
            {
                CrmName = "Lawmatics",
                SettleSeconds = target.Settings.SettleSeconds,
                Look = () => LookAsync(target, plan, contact, cancellationToken),
                Send = async () => LawmaticsWrites.Sent(await client.PostAsync(target.Session, "/v1/prospects", body, cancellationToken), clock.GetUtcNow()),
                WhenUnknown = s_unknown,
            },
            cancellationToken);
        if (outcome is { Kind: StepKind.Done, Resource: { } matter })
        {
            return await LinkAsync(target, plan, contact, matter, cancellationToken);
        }

        return outcome.Kind == StepKind.Refused ? await ExplainAsync(target, plan, outcome, cancellationToken) : outcome;
    }

    /// <summary>What a create whose answer was lost has made: a matter of the contact's with the same title that is no other case's, since the first try.</summary>
    private async Task<CrmLook> LookAsync(LawmaticsTarget target, MatterPlan plan, string contact, CancellationToken cancellationToken)
    {
        var announced = (await effects.FindAsync(target.Company.Id, target.Effects, Name, cancellationToken))?.AnnouncedAt ?? clock.GetUtcNow();
        return await lists.NewestAsync(target.Session, "/v1/prospects", "case_title,created_at,contact", ("contact_id", contact), announced - s_clocks, IsOursAsync, cancellationToken);

        async Task<bool> IsOursAsync(LawmaticsRecord record) =>
            Ids.IsValid(record.Id) && record.Related("contact") == contact && string.Equals(record.Text("case_title")?.Trim(), plan.Title, StringComparison.Ordinal)
            && await links.TakeAsync(target.Company.Id, target.Firm, record.Id, target.Case.Id, cancellationToken);
    }

    private async Task<StepOutcome> LinkAsync(LawmaticsTarget target, MatterPlan plan, string contact, string matter, CancellationToken cancellationToken)
    {
        if (!Ids.IsValid(matter))
        {
            return StepOutcome.Retry("Lawmatics' answer names no matter.");
        }

        await links.TakeAsync(target.Company.Id, target.Firm, matter, target.Case.Id, cancellationToken);
        await links.ChangeAsync(
            target.Company.Id,
            target.Firm,
            target.Case.Id,
            _ => new LawmaticsLink(target.Case.Id, matter, contact, clock.GetUtcNow())
            {
                SentHash = plan.Hash(contact),
                StageId = plan.StageId,
                Stage = plan.StageId is null || !target.Settings.Sync.VerifyStageAfterWrite ? StageState.None : StageState.Sent,
            },
            cancellationToken);
        return StepOutcome.Done(matter, plan.Note("The matter was made."));
    }

    private async Task<StepOutcome> UpdateAsync(LawmaticsTarget target, LawmaticsLink link, MatterPlan plan, string contact, CancellationToken cancellationToken)
    {
        var hash = plan.Hash(contact);
        var triesStage = target.IsByHand && link.Stage == StageState.Ignored && plan.StageId is not null;
        if (hash == link.SentHash && !target.IsByHand)
        {
            return StepOutcome.Done(link.MatterId, "Nothing of the matter has changed.");
        }

        var body = plan.Body(triesStage);
        if (contact != link.ContactId)
        {
            body["contact_id"] = long.TryParse(contact, out var number) ? number : contact;
        }

        var reply = await client.PutAsync(target.Session, LawmaticsPath.Of($"/v1/prospects/{LawmaticsPath.Segment(link.MatterId)}", ("fields", "case_title")), body, cancellationToken);
        if (reply.Answer is { Kind: LawmaticsKind.NotFound })
        {
            return await DeletedAsync(target, link, cancellationToken);
        }

        var outcome = LawmaticsOutcomes.Of(reply, clock.GetUtcNow());
        if (outcome.Kind != StepKind.Done)
        {
            return outcome.Kind == StepKind.Refused ? await ExplainAsync(target, plan, outcome, cancellationToken) : outcome;
        }

        await ChangeAsync(
            target,
            link,
            old => old with { SentHash = hash, ContactId = contact, StageId = triesStage ? plan.StageId : old.StageId, Stage = triesStage ? StageState.Sent : old.Stage },
            cancellationToken);
        return StepOutcome.Done(link.MatterId, plan.Note("The matter was updated."));
    }

    /// <summary>A person has deleted it: only a person has it made again.</summary>
    private async Task<StepOutcome> DeletedAsync(LawmaticsTarget target, LawmaticsLink link, CancellationToken cancellationToken)
    {
        if (!target.IsByHand)
        {
            return s_deleted;
        }

        await effects.ReopenAsync(target.Company.Id, target.Effects, Name, link.MatterId, cancellationToken);
        await links.RemoveAsync(target.Company.Id, target.Firm, link, cancellationToken);
        return StepOutcome.Retry("The matter is not in Lawmatics any more; it is made anew.");
    }

    /// <summary>Reads the stage back that was sent.</summary>
    private async Task<StepOutcome> VerifyAsync(LawmaticsTarget target, StepOutcome written, MatterPlan plan, string workflow, CancellationToken cancellationToken)
    {
        if (await links.FindAsync(target.Company.Id, target.Firm, target.Case.Id, cancellationToken) is not { Stage: StageState.Sent or StageState.Ignored } link)
        {
            return written;
        }

        if (link.Stage == StageState.Ignored)
        {
            return written with { Reason = StageIgnored };
        }

        var reply = await client.GetAsync(target.Session, LawmaticsPath.Of($"/v1/prospects/{LawmaticsPath.Segment(link.MatterId)}", ("fields", "stage,sub_status")), cancellationToken);
        if (reply is not { IsSuccess: true, Answer.Record: { } matter })
        {
            return reply.Answer?.Kind is LawmaticsKind.NotFound or LawmaticsKind.Success ? StepOutcome.Retry("The matter that was just written cannot be read yet.") : LawmaticsOutcomes.Of(reply, clock.GetUtcNow());
        }

        var isTaken = matter.Related("stage") == link.StageId;
        await ChangeAsync(target, link, old => old with { StageId = matter.Related("stage"), Stage = isTaken ? StageState.Taken : StageState.Ignored }, cancellationToken);
        if (isTaken)
        {
            return written;
        }

        var detail = $"Mapped was the stage {plan.Stage ?? link.StageId}; the matter is in {(matter.Related("stage") is { } other ? $"the stage with the id {other}" : "none")}. {StageIgnored}";
        await audit.WriteAsync(target.Company.Id, LawmaticsConnections.Crm, "stage_ignored", "warning", link.MatterId, workflow, detail, cancellationToken);
        return written with { Reason = StageIgnored };
    }

    /// <summary>Lawmatics refused a matter: what it refused may be a stage that is not there any more.</summary>
    private async Task<StepOutcome> ExplainAsync(LawmaticsTarget target, MatterPlan plan, StepOutcome refused, CancellationToken cancellationToken)
    {
        await catalog.RefreshAsync(target, cancellationToken);
        var (now, instead) = await plans.MakeAsync(target, cancellationToken);
        // A default that has become another is tried; what an admin has chosen is the admin's to mend, and the plan says so.
        return now is null ? instead! : now.StageId != plan.StageId || now.AreaId != plan.AreaId ? StepOutcome.Retry("A stage or practice area is not in Lawmatics any more; the default is chosen anew.") : refused;
    }

    private Task ChangeAsync(LawmaticsTarget target, LawmaticsLink link, Func<LawmaticsLink, LawmaticsLink> change, CancellationToken cancellationToken) =>
        links.ChangeAsync(target.Company.Id, target.Firm, target.Case.Id, old => change(old ?? link), cancellationToken);
}
