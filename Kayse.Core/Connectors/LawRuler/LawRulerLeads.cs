using System.Text;
using System.Text.Json;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Reads the statuses of leads: one lead's, or those of the leads that changed.</summary>
public sealed class LawRulerLeads(LawRulerClient client, TimeProvider clock)
{
    /// <summary>Leads in one page of a search.</summary>
    public const int PageSize = 100;

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

    /// <summary>A page of the leads that changed since a time, the last change first.</summary>
    /// <returns>The leads and how many there are in all, where Law Ruler tells it; or the reply that was no answer.</returns>
    public async Task<(IReadOnlyList<LeadLine>? Leads, double? Count, LawRulerReply Reply)> ChangedAsync(LawRulerSession session, DateTimeOffset since, int page, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        var settings = session.Settings.Statuses;
        var path = settings.SearchPath.Replace("{page}", JsonText.Invariant(page), StringComparison.Ordinal).Replace("{pageSize}", JsonText.Invariant(PageSize), StringComparison.Ordinal);
        var asked = clock.GetUtcNow();
        var body = Filter(settings, settings.SearchByDate ? LawRulerTime.Write(since, session.Settings.TimeZone) : null);
        var reply = await client.CallApiAsync(session, HttpMethod.Post, path, () => new StringContent(body, Encoding.UTF8, "application/json"), isUpload: false, cancellationToken);
        if (reply.Answer is not { Kind: AnswerKind.Success, Body: { } answer })
        {
            return (null, null, reply);
        }

        var list = answer.ValueKind == JsonValueKind.Array ? answer : JsonText.Property(answer, "Data") ?? default;
        return list.ValueKind == JsonValueKind.Array
            ? ([.. list.EnumerateArray().Select(item => Line(item, asked, session.Settings.TimeZone))], JsonText.Number(answer, "Count"), reply)
            : (null, null, new LawRulerReply(new LawRulerAnswer(AnswerKind.Indeterminate)));
    }

    private async Task<DateTimeOffset?> ChangedAtAsync(LawRulerTarget target, CancellationToken cancellationToken)
    {
        var path = target.Settings.Statuses.LeadPath.Replace("{leadId}", target.Lead.ToString(), StringComparison.Ordinal);
        var reply = await client.CallApiAsync(target.Session, HttpMethod.Get, path, static () => null, isUpload: false, cancellationToken);
        // Either bare or under Data: both have been seen.
        return reply.Answer is { Kind: AnswerKind.Success, Body: { } body } && (JsonText.Property(body, "Data") ?? body) is var lead
            ? LawRulerTime.Read(JsonText.Text(lead, "UpdateDateTime"), target.Settings.TimeZone)
            : null;
    }

    private static LeadLine Line(JsonElement item, DateTimeOffset asked, string timeZone)
    {
        var changed = LawRulerTime.Read(JsonText.Text(item, "UpdateDateTime"), timeZone);
        var status = JsonText.Text(item, "Status");
        var isLead = LeadId.TryParse(JsonText.Text(item, "LeadId"), null, out var lead);
        return new LeadLine(
            isLead ? lead : null, changed, string.IsNullOrWhiteSpace(status) ? null : new CrmStatus(StatusMapping.Plain(status), JsonText.Text(item, "StatusId"), changed < asked ? changed.Value : asked, asked));
    }

    private static string Filter(LawRulerStatusSettings settings, string? from)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("InboxType", settings.InboxType);
            if (from is not null)
            {
                json.WriteString("FromDate", from);
            }

            json.WriteNumber("DefaultSortOrder", settings.SortOrder);
            json.WriteBoolean("DefaultSortOrderAscending", value: false);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}

/// <summary>A lead of a search.</summary>
/// <param name="Lead">Its id, or null where the item has none.</param>
/// <param name="ChangedAt">When anything of it changed last, or null where Law Ruler does not tell.</param>
/// <param name="Status">Its status, or null where the item has none.</param>
public sealed record LeadLine(LeadId? Lead, DateTimeOffset? ChangedAt, CrmStatus? Status);
