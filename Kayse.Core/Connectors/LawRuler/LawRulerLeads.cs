using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Reads the status of a lead.</summary>
public sealed class LawRulerLeads(LawRulerClient client, TimeProvider clock)
{
    /// <summary>A lead's status by the Key page.</summary>
    /// <param name="target">The lead.</param>
    /// <param name="attempt">The attempt that asks.</param>
    /// <param name="withTime">Asks the Advanced API for the time of the lead's last change too; without it, or where it does not tell, the status counts as set now.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The status, null where Law Ruler answers without one; or what becomes of the attempt instead.</returns>
    public async Task<(CrmStatus? Seen, StepOutcome? Instead)> StatusAsync(LawRulerTarget target, StepAttempt attempt, bool withTime, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var asked = clock.GetUtcNow();
        var reply = await client.GetStatusAsync(target.Session, target.Lead, cancellationToken);
        if (reply.Answer is not { Kind: AnswerKind.Success } answer)
        {
            return (null, LawRulerOutcomes.Of(reply, target, attempt, clock.GetUtcNow()));
        }

        if (string.IsNullOrWhiteSpace(answer.Status))
        {
            return (null, null);
        }

        var changed = withTime ? await ChangedAtAsync(target, cancellationToken) : null;
        return (new CrmStatus(answer.Status, null, changed < asked ? changed.Value : asked, asked), null);
    }

    private async Task<DateTimeOffset?> ChangedAtAsync(LawRulerTarget target, CancellationToken cancellationToken)
    {
        var path = target.Settings.GetLeadPath.Replace("{leadId}", target.Lead.ToString(), StringComparison.Ordinal);
        var reply = await client.CallApiAsync(target.Session, HttpMethod.Get, path, static () => null, isUpload: false, cancellationToken);
        // Either bare or under Data: both have been seen.
        return reply.Answer is { Kind: AnswerKind.Success, Body: { } body } && (JsonText.Property(body, "Data") ?? body) is var lead
            ? LawRulerSyncPage.Updated(lead, target.Settings.TimeZone)
            : null;
    }
}
