using System.Text.Json.Nodes;
using Kayse.Core.Storage;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// The case's matter: made once, then updated. The stage is sent with a new matter alone, since from then on it is Lawmatics' people who move it; it is read back, for
/// Lawmatics may ignore it.
/// </summary>
public sealed class MatterStep(
    LawmaticsClient client, LawmaticsContacts lists, LawmaticsLinks links, MatterLinking linking, MatterPlans plans, LawmaticsCatalog catalog, CrmEffects effects, OnceInCrm once, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Name = "matter";

    // Lawmatics' clock may be another than ours.
    private static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(10);

    private static readonly StepOutcome s_noContact = StepOutcome.Refused("The client has no contact in Lawmatics yet. Sync the matter again from its first step.");

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

        var link = await links.FindAsync(target.Company.Id, target.Firm, target.Case.Id, cancellationToken);
        if (link is null)
        {
            (link, instead) = await linking.GivenAsync(target, contact, plan, workflow, cancellationToken);
            if (link is null && instead is null)
            {
                (link, instead) = await CreateAsync(target, plan, contact, workflow, cancellationToken);
            }
        }

        return instead ?? await UpdateAsync(target, link!, plan, contact, workflow, cancellationToken);
    }

    /// <summary>Makes the matter. What an earlier attempt has made is linked, and still to be updated: it was sent what was known then.</summary>
    private async Task<(LawmaticsLink? Earlier, StepOutcome? Outcome)> CreateAsync(LawmaticsTarget target, MatterPlan plan, string contact, string workflow, CancellationToken cancellationToken)
    {
        var isFresh = false;
        var known = await effects.FindAsync(target.Company.Id, target.Effects, Name, cancellationToken);
        // Where it is done, a crash came before it was linked.
        if (known is not { State: EffectState.Done, Resource: not null })
        {
            var outcome = await once.RunAsync(
                new CrmWrite(target.Company.Id, target.Effects, Name)
                {
                    CrmName = "Lawmatics",
                    SettleSeconds = target.Settings.SettleSeconds,
                    Sent = SentMatter.Of(plan, contact).ToString(),
                    Look = () => LookAsync(target, cancellationToken),
                    Send = SendAsync,
                    WhenUnknown = s_unknown,
                },
                cancellationToken);
            known = await effects.FindAsync(target.Company.Id, target.Effects, Name, cancellationToken);
            if (outcome.Kind != StepKind.Done || known is null)
            {
                return (null, outcome.Kind == StepKind.Refused ? await ExplainAsync(target, plan, outcome, cancellationToken) : outcome);
            }
        }

        var (link, instead) = await linking.MadeAsync(target, known, isFresh ? plan.Hash(contact) : null, plan, workflow, cancellationToken);
        return isFresh && link is not null ? (null, MatterLinking.Told(StepOutcome.Done(link.MatterId, plan.Note("The matter was made.")), link)) : (link, instead);

        async Task<(StepOutcome Outcome, EffectState State)> SendAsync()
        {
            var sent = LawmaticsWrites.Sent(await client.PostAsync(target.Session, "/v1/prospects", NewBody(target, plan, contact), cancellationToken), clock.GetUtcNow());
            isFresh = sent.State == EffectState.Done;
            return sent;
        }
    }

    private static JsonObject NewBody(LawmaticsTarget target, MatterPlan plan, string contact)
    {
        var body = plan.Body(withStage: true);
        body["contact_id"] = Id(contact);
        if (target.Settings.Sync.Tags.Count > 0)
        {
            body["tags"] = new JsonArray([.. target.Settings.Sync.Tags.Select(tag => (JsonNode?)JsonValue.Create(tag.Trim()))]);
        }

        return body;
    }

    /// <summary>What a create whose answer was lost has made: a matter of what was sent then that is no other case's, since the first try.</summary>
    private async Task<CrmLook> LookAsync(LawmaticsTarget target, CancellationToken cancellationToken)
    {
        var announced = await effects.FindAsync(target.Company.Id, target.Effects, Name, cancellationToken);
        if (SentMatter.Read(announced?.Sent) is not { } sent)
        {
            // Nothing was ever sent.
            return CrmLook.Absent;
        }

        return await lists.NewestAsync(target.Session, "/v1/prospects", "case_title,created_at,contact", ("contact_id", sent.ContactId), announced!.AnnouncedAt - s_clocks, IsOursAsync, cancellationToken);

        async Task<bool> IsOursAsync(LawmaticsRecord record) =>
            Ids.IsValid(record.Id) && sent.IsOf(record) && await links.TakeAsync(target.Company.Id, target.Firm, record.Id, target.Case.Id, cancellationToken);
    }

    private async Task<StepOutcome> UpdateAsync(LawmaticsTarget target, LawmaticsLink link, MatterPlan plan, string contact, string workflow, CancellationToken cancellationToken)
    {
        var outcome = StepOutcome.Done(link.MatterId, "Nothing of the matter has changed.");
        if (plan.Hash(contact) != link.SentHash || target.IsByHand)
        {
            if (target.IsByHand && link.Stage is StageState.Ignored or StageState.Sent && plan.StageId is not null)
            {
                // Noted before it is sent, so that nobody who sees the matter there takes it for Lawmatics' own change.
                link = await ChangeAsync(target, link, old => old with { StageId = plan.StageId, Stage = StageState.Sent }, cancellationToken);
            }

            outcome = await PutAsync(target, link, plan, contact, cancellationToken);
            if (outcome.Kind != StepKind.Done)
            {
                return outcome;
            }
        }

        if (link.Stage == StageState.Sent)
        {
            var (verified, instead) = await linking.VerifyAsync(target, link, plan, workflow, cancellationToken);
            if (verified is null)
            {
                return instead!;
            }

            link = verified;
        }

        return MatterLinking.Told(outcome, link);
    }

    private async Task<StepOutcome> PutAsync(LawmaticsTarget target, LawmaticsLink link, MatterPlan plan, string contact, CancellationToken cancellationToken)
    {
        var body = plan.Body(withStage: target.IsByHand && link.Stage == StageState.Sent && link.StageId == plan.StageId);
        if (contact != link.ContactId)
        {
            body["contact_id"] = Id(contact);
        }

        var reply = await client.PutAsync(target.Session, LawmaticsPath.Of($"/v1/prospects/{LawmaticsPath.Segment(link.MatterId)}", ("fields", "case_title")), body, cancellationToken);
        if (reply.Answer is { Kind: LawmaticsKind.NotFound })
        {
            return await linking.DeletedAsync(target, link, cancellationToken);
        }

        var outcome = LawmaticsOutcomes.Of(reply, clock.GetUtcNow());
        if (outcome.Kind != StepKind.Done)
        {
            return outcome.Kind == StepKind.Refused ? await ExplainAsync(target, plan, outcome, cancellationToken) : outcome;
        }

        await ChangeAsync(target, link, old => old with { SentHash = plan.Hash(contact), ContactId = contact }, cancellationToken);
        return StepOutcome.Done(link.MatterId, plan.Note("The matter was updated."));
    }

    /// <summary>Lawmatics refused a matter: what it refused may be a stage that is not there any more.</summary>
    private async Task<StepOutcome> ExplainAsync(LawmaticsTarget target, MatterPlan plan, StepOutcome refused, CancellationToken cancellationToken)
    {
        await catalog.RefreshAsync(target, cancellationToken);
        var (now, instead) = await plans.MakeAsync(target, cancellationToken);
        // A default that has become another is tried; what an admin has chosen is the admin's to mend, and the plan says so.
        return now is null ? instead! : now.StageId != plan.StageId || now.AreaId != plan.AreaId ? StepOutcome.Retry("A stage or practice area is not in Lawmatics any more; the default is chosen anew.") : refused;
    }

    private Task<LawmaticsLink> ChangeAsync(LawmaticsTarget target, LawmaticsLink link, Func<LawmaticsLink, LawmaticsLink> change, CancellationToken cancellationToken) =>
        links.ChangeAsync(target.Company.Id, target.Firm, target.Case.Id, old => change(old ?? link), cancellationToken);

    private static JsonNode Id(string id) => long.TryParse(id, out var number) ? number : id;
}
