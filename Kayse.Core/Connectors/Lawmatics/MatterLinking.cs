using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Links cases to their matters, and reads where a matter is when it is linked or its stage was written: Lawmatics may ignore a stage, and what its people did before the link
/// was there nobody has looked at.
/// </summary>
public sealed class MatterLinking(
    LawmaticsClient client, LawmaticsConnections connections, LawmaticsLinks links, LawmaticsStageChanges stages, CrmEffects effects, AuditLog audit, TimeProvider clock)
{
    private const string StageIgnored = "Lawmatics did not take the mapped stage and left the matter in another one. Move it there by hand, or have an automation in Lawmatics do it; a sync by hand tries the stage again.";

    private static readonly StepOutcome s_deleted = StepOutcome.Refused("The matter is not in Lawmatics any more: somebody deleted it there. Sync it by hand to make it anew.");

    private static readonly StepOutcome s_anothers = StepOutcome.Refused("The matter in Lawmatics that the case names belongs to another contact than the client: nothing was written there. Correct its contact in Lawmatics, or sync the case by hand to make a matter of its own.");

    private static readonly StepOutcome s_notYet = StepOutcome.Retry("The matter that was just written cannot be read yet.");

    /// <summary>The link of a case that the platform knows as a matter of Lawmatics', where that is there and the client's. Neither a link nor an outcome: one is to be made.</summary>
    /// <param name="target">The case.</param>
    /// <param name="contact">The client's contact.</param>
    /// <param name="plan">What the matter is to be.</param>
    /// <param name="workflow">The sync, for the audit log.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<(LawmaticsLink? Link, StepOutcome? Instead)> GivenAsync(LawmaticsTarget target, string contact, MatterPlan plan, string workflow, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var given = target.Case.ExternalSourceId;
        if (target.Case.ExternalSource != LawmaticsConnections.Crm || !Ids.IsValid(given)
            || await effects.FindAsync(target.Company.Id, target.Effects, MatterStep.Name, cancellationToken) is { State: not EffectState.NotSent })
        {
            return (null, null);
        }

        var (read, instead) = await ReadAsync(target, given, $"{LawmaticsStageChanges.Fields},contact", cancellationToken);
        if (read is null)
        {
            return (null, instead ?? (target.IsByHand ? null : s_deleted));
        }

        (var isClients, instead) = await IsClientsAsync(target, read.Matter.Related("contact"), contact, cancellationToken);
        if (!isClients || !await links.TakeAsync(target.Company.Id, target.Firm, given, target.Case.Id, cancellationToken))
        {
            return (null, instead ?? (target.IsByHand ? null : s_anothers));
        }

        var link = await SaveAsync(target, new LawmaticsLink(target.Case.Id, given, contact, clock.GetUtcNow()), cancellationToken);
        return (await SettleAsync(target, link, read, plan, workflow, cancellationToken), null);
    }

    /// <summary>Links a matter that was made for the case.</summary>
    /// <param name="target">The case.</param>
    /// <param name="made">What is known of its making.</param>
    /// <param name="freshHash">The hash of what was sent, where this very attempt made it: then it is where the write left it. Null where it was made some time ago.</param>
    /// <param name="plan">What the matter is to be.</param>
    /// <param name="workflow">The sync, for the audit log.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<(LawmaticsLink? Link, StepOutcome? Instead)> MadeAsync(LawmaticsTarget target, CrmEffect made, string? freshHash, MatterPlan plan, string workflow, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(made);
        if (made.Resource is not { } matter || !Ids.IsValid(matter) || SentMatter.Read(made.Sent) is not { } sent)
        {
            return (null, StepOutcome.Retry("Lawmatics' answer names no matter."));
        }

        await links.TakeAsync(target.Company.Id, target.Firm, matter, target.Case.Id, cancellationToken);
        var link = new LawmaticsLink(target.Case.Id, matter, sent.ContactId, clock.GetUtcNow()) { SentHash = freshHash, StageId = sent.StageId };
        var isVerified = sent.StageId is not null && target.Settings.Sync.VerifyStageAfterWrite;
        if (freshHash is not null && !isVerified)
        {
            return (await SaveAsync(target, link, cancellationToken), null);
        }

        var (read, instead) = await ReadAsync(target, matter, LawmaticsStageChanges.Fields, cancellationToken);
        if (read is null)
        {
            return (null, instead ?? (made.AnnouncedAt.AddSeconds(target.Settings.SettleSeconds) < clock.GetUtcNow() ? await DeletedAsync(target, link, cancellationToken) : s_notYet));
        }

        var stage = read.Matter.Related("stage");
        link = !isVerified ? link
            : freshHash is null ? link with { Stage = StageState.Sent }
            : link with { StageId = stage, Stage = stage == sent.StageId ? StageState.Taken : StageState.Ignored };
        return (await SettleAsync(target, await SaveAsync(target, link, cancellationToken), read, plan, workflow, cancellationToken), null);
    }

    /// <summary>Reads where a matter is whose stage was written.</summary>
    public async Task<(LawmaticsLink? Link, StepOutcome? Instead)> VerifyAsync(LawmaticsTarget target, LawmaticsLink link, MatterPlan plan, string workflow, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        var (read, instead) = await ReadAsync(target, link.MatterId, LawmaticsStageChanges.Fields, cancellationToken);
        return read is null ? (null, instead ?? await DeletedAsync(target, link, cancellationToken)) : (await SettleAsync(target, link, read, plan, workflow, cancellationToken), null);
    }

    /// <summary>What becomes of the attempt where the matter is not there. A person has deleted it: only a person has it made again.</summary>
    public async Task<StepOutcome> DeletedAsync(LawmaticsTarget target, LawmaticsLink link, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(link);
        if (!target.IsByHand)
        {
            return s_deleted;
        }

        await effects.ReopenAsync(target.Company.Id, target.Effects, MatterStep.Name, link.MatterId, cancellationToken);
        await links.RemoveAsync(target.Company.Id, target.Firm, link, cancellationToken);
        return StepOutcome.Retry("The matter is not in Lawmatics any more; it is made anew.");
    }

    /// <summary>An outcome, with what there is to say of the matter's stage.</summary>
    public static StepOutcome Told(StepOutcome done, LawmaticsLink link)
    {
        ArgumentNullException.ThrowIfNull(done);
        ArgumentNullException.ThrowIfNull(link);
        return link.Stage == StageState.Ignored ? done with { Reason = StageIgnored } : done;
    }

    /// <summary>Hands the read to those who follow the matter's stage, and notes whether the stage that was sent was taken.</summary>
    private async Task<LawmaticsLink> SettleAsync(LawmaticsTarget target, LawmaticsLink link, MatterRead read, MatterPlan plan, string workflow, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(target.Company.Id, cancellationToken);
        var look = await stages.ObserveAsync(target.Company.Id, connection, read.Matter, read.At, cancellationToken);
        var stage = read.Matter.Related("stage");
        if (link.Stage == StageState.Sent)
        {
            // People may have moved it on since: then it says nothing of whether the stage was taken.
            var isTaken = stage == link.StageId || look.Kind is LawmaticsLookKind.Changed or LawmaticsLookKind.Agrees;
            link = await links.ChangeAsync(
                target.Company.Id, target.Firm, target.Case.Id, old => (old ?? link) with { StageId = stage, Stage = isTaken ? StageState.Taken : StageState.Ignored }, cancellationToken);
        }

        if (link.Stage == StageState.Ignored)
        {
            var detail = $"Mapped was the stage {plan.Stage ?? "of an earlier mapping"}; the matter is in {(stage is not null ? $"the stage with the id {stage}" : "none")}. {StageIgnored}";
            await audit.WriteAsync(target.Company.Id, LawmaticsConnections.Crm, "stage_ignored", "warning", link.MatterId, workflow, detail, cancellationToken);
        }

        return link;
    }

    private async Task<(bool IsClients, StepOutcome? Instead)> IsClientsAsync(LawmaticsTarget target, string? theirs, string contact, CancellationToken cancellationToken)
    {
        if (theirs == contact || !Ids.IsValid(theirs) || ContactStep.EmailOf(target.Client) is not { } email)
        {
            return (theirs == contact, null);
        }

        // Another contact of the same person.
        var reply = await client.GetAsync(target.Session, LawmaticsPath.Of($"/v1/contacts/{LawmaticsPath.Segment(theirs!)}", ("fields", "email")), cancellationToken);
        return reply.Answer?.Kind is LawmaticsKind.Success or LawmaticsKind.NotFound ? (LawmaticsContacts.IsSame(reply.Answer.Record?.Text("email"), email), null)
            : (false, LawmaticsOutcomes.Of(reply, clock.GetUtcNow()));
    }

    /// <summary>A matter; neither it nor an outcome where it is not there.</summary>
    private async Task<(MatterRead? Read, StepOutcome? Instead)> ReadAsync(LawmaticsTarget target, string matter, string fields, CancellationToken cancellationToken)
    {
        var at = clock.GetUtcNow();
        var reply = await client.GetAsync(target.Session, LawmaticsPath.Of($"/v1/prospects/{LawmaticsPath.Segment(matter)}", ("fields", fields)), cancellationToken);
        return reply is { IsSuccess: true, Answer.Record: { } record } ? (new MatterRead(record, at), null)
            : reply.Answer?.Kind is LawmaticsKind.NotFound or LawmaticsKind.Success ? (null, null)
            : (null, LawmaticsOutcomes.Of(reply, clock.GetUtcNow()));
    }

    private Task<LawmaticsLink> SaveAsync(LawmaticsTarget target, LawmaticsLink link, CancellationToken cancellationToken) =>
        links.ChangeAsync(target.Company.Id, target.Firm, target.Case.Id, _ => link, cancellationToken);

    private sealed record MatterRead(LawmaticsRecord Matter, DateTimeOffset At);
}
