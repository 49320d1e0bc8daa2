using System.Text.Json;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Brings one case up to date, when somebody asks for it: its lead's state is read once and laid over the case as a webhook's post is, then what is due for the lead is sent again.</summary>
public sealed class CaseSyncStep(LawRulerClient client, LeadUpsert upsert, LawRulerDue due, StatusPushes pushes, TimeProvider clock)
{
    /// <summary>The step's name.</summary>
    public const string Name = "case_sync";

    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(LawRulerTarget target, StepAttempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(attempt);
        var matter = target.Case;
        var pulled = "Receive data from Law Ruler is off: nothing was read.";
        if (target.Toggles.ReceiveData)
        {
            var askedAt = clock.GetUtcNow();
            var (fields, setAt, instead) = await ReadAsync(target, attempt, cancellationToken);
            if (fields is null)
            {
                return instead!;
            }

            var post = LeadPost.Read(fields, target.Settings.Webhook);
            (matter, var result, _) = await upsert.ApplyAsync(target.Company.Id, target.Lead, post, target.Settings, LeadWrite.OfSync(askedAt) with { StatusSetAt = setAt }, cancellationToken);
            pulled = $"The case is {result}.";
        }

        var pushed = target.Toggles.SendData ? await due.PushAsync(target.Company.Id, target.Lead, cancellationToken) : 0;
        if (target.Toggles is { SendData: true, SyncCaseStatuses: true } && matter is not null && await pushes.PushDueAsync(target.Company.Id, matter, cancellationToken))
        {
            pushed++;
        }

        return StepOutcome.Done(target.Lead.ToString(), $"{pulled} Messages, documents and statuses that are sent again: {pushed}.");
    }

    private async Task<(IReadOnlyList<InboundField>? Fields, DateTimeOffset? StatusSetAt, StepOutcome? Instead)> ReadAsync(LawRulerTarget target, StepAttempt attempt, CancellationToken cancellationToken)
    {
        var path = target.Settings.GetLeadPath.Replace("{leadId}", target.Lead.ToString(), StringComparison.Ordinal);
        var reply = await client.CallApiAsync(target.Session, HttpMethod.Get, path, static () => null, isUpload: false, cancellationToken);
        if (reply.Answer is { Kind: AnswerKind.ApiDisabled or AnswerKind.PathUnknown or AnswerKind.LoginRefused })
        {
            // A firm with the Key pages alone: its lead's status is what they tell.
            reply = await client.GetStatusAsync(target.Session, target.Lead, cancellationToken);
            return reply.Answer is { Kind: AnswerKind.Success, Status: { } status }
                ? ([new InboundField("Lead ID", target.Lead.ToString(), FromUrl: false), new InboundField("Status", status, FromUrl: false)], null, null)
                : (null, null, Instead(reply));
        }

        if (reply.Answer is not { Kind: AnswerKind.Success, Body: { } body })
        {
            return (null, null, Instead(reply));
        }

        // Both shapes have been seen: the lead itself, and the lead under Data.
        var lead = JsonText.Property(body, "Data") is { ValueKind: JsonValueKind.Object } data ? data : body;
        return JsonText.Text(lead, "LeadId") == target.Lead.ToString()
            ? (LeadItem.Fields(lead), LawRulerSyncPage.Updated(lead, target.Settings.TimeZone), null)
            : (null, null, StepOutcome.Retry("Law Ruler's answer cannot be read."));

        StepOutcome Instead(LawRulerReply refused) => LawRulerOutcomes.Of(refused, target, attempt, clock.GetUtcNow()) is var outcome && outcome.Kind == StepKind.Done
            ? StepOutcome.Retry("Law Ruler's answer cannot be read.")
            : outcome;
    }
}
