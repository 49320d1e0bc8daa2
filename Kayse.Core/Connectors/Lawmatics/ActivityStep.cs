using System.Globalization;
using System.Text.Json.Nodes;
using Kayse.Core.Cases;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Tells of the intake: a note on the contact, a note on the matter, or an interaction of the matter, as the firm's setting says. Lawmatics' own activities can only be read.
/// Each state of the intake is told of once. Before it is complete nothing is told, unless a person asks.
/// </summary>
public sealed class ActivityStep(LawmaticsClient client, LawmaticsContacts lists, LawmaticsLinks links, Matters matters, CrmEffects effects, OnceInCrm once, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Name = "activity";

    // Lawmatics' clock may be another than ours.
    private static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(10);

    private static readonly StepOutcome s_noMatter = StepOutcome.Refused("The case has no matter in Lawmatics yet. Sync it again from its first step.");

    private static readonly StepOutcome s_unknown = StepOutcome.Refused("Lawmatics did not confirm the activity, and does not let Kayse look whether it is there. It is not written again, so that it cannot be there twice: look at the contact and the matter in Lawmatics.");

    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(LawmaticsTarget target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (await links.FindAsync(target.Company.Id, target.Firm, target.Case.Id, cancellationToken) is not { } link)
        {
            return s_noMatter;
        }

        if (!target.Matter.IsIntakeComplete && !target.IsByHand)
        {
            return StepOutcome.Skipped("The intake is not complete yet; the activity is written when it is.");
        }

        // What stands at a matter went with it when somebody deleted it: one that was made anew is told again.
        var isOnContact = target.Settings.Sync.ActivityMode is not (LawmaticsActivityMode.MatterNote or LawmaticsActivityMode.Interaction);
        var hash = isOnContact ? IntakeNote.Hash(target) : $"{IntakeNote.Hash(target)}-{link.MatterId}";
        var step = $"{Name}-{hash}";
        if (link.ActivityHash == hash || await effects.FindAsync(target.Company.Id, target.Effects, step, cancellationToken) is { State: EffectState.Done })
        {
            return StepOutcome.Skipped("The activity is in Lawmatics already.");
        }

        var text = IntakeNote.Text(target, await matters.AnswersAsync(target.Company.Id, target.Case.Id, cancellationToken));
        var outcome = await once.RunAsync(
            new CrmWrite(target.Company.Id, target.Effects, step)
            {
                CrmName = "Lawmatics",
                SettleSeconds = target.Settings.SettleSeconds,
                Look = () => LookAsync(target, step, cancellationToken),
                Send = async () => LawmaticsWrites.Sent(await WriteAsync(target, link, text, cancellationToken), clock.GetUtcNow()),
                WhenUnknown = s_unknown,
            },
            cancellationToken);
        if (outcome.Kind == StepKind.Done)
        {
            await links.ChangeAsync(target.Company.Id, target.Firm, target.Case.Id, old => (old ?? link) with { ActivityHash = hash }, cancellationToken);
        }

        return outcome;
    }

    private Task<LawmaticsReply> WriteAsync(LawmaticsTarget target, LawmaticsLink link, string text, CancellationToken cancellationToken)
    {
        var (sync, session) = (target.Settings.Sync, target.Session);
        return sync.ActivityMode switch
        {
            LawmaticsActivityMode.MatterNote => client.PostAsync(session, "/v1/notes", Note("Prospect", link.MatterId), cancellationToken),
            LawmaticsActivityMode.Interaction => client.PostAsync(session, "/v1/interactions", Interaction(), cancellationToken),
            _ when sync.ContactNotesByType => client.PostAsync(session, "/v1/notes", Note("Contact", link.ContactId), cancellationToken),
            _ => client.PutAsync(
                session,
                LawmaticsPath.Of($"/v1/contacts/{LawmaticsPath.Segment(link.ContactId)}", ("fields", "email")),
                new JsonObject { ["notes"] = new JsonArray(new JsonObject { ["name"] = sync.ActivityName, ["body"] = text }) },
                cancellationToken),
        };

        JsonObject Note(string type, string id) => new() { ["name"] = sync.ActivityName, ["body"] = text, ["notable_type"] = type, ["notable_id"] = Id(id) };

        JsonObject Interaction() => new()
        {
            ["happened_at"] = (target.Matter.IntakeAt ?? clock.GetUtcNow()).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
            ["prospect_id"] = Id(link.MatterId),
            ["body"] = text,
            ["interaction_type"] = sync.ActivityName,
        };
    }

    /// <summary>The activity that an earlier try has written, by its marker.</summary>
    private async Task<CrmLook> LookAsync(LawmaticsTarget target, string step, CancellationToken cancellationToken)
    {
        var announced = (await effects.FindAsync(target.Company.Id, target.Effects, step, cancellationToken))?.AnnouncedAt ?? clock.GetUtcNow();
        var (path, marker) = (target.Settings.Sync.ActivityMode == LawmaticsActivityMode.Interaction ? "/v1/interactions" : "/v1/notes", IntakeNote.Marker(target));
        return await lists.NewestAsync(
            target.Session, path, "body,created_at", null, announced - s_clocks, record => Task.FromResult(record.Text("body")?.Contains(marker, StringComparison.Ordinal) == true), cancellationToken);
    }

    private static JsonNode Id(string id) => long.TryParse(id, out var number) ? number : id;
}
