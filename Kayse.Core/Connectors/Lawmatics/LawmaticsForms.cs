using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kayse.Core.Companies;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>The forms that a firm has made in Lawmatics: listing, showing and submitting them. A form with a payment gateway or a relationship block is recognised and not submitted.</summary>
public sealed class LawmaticsForms(LawmaticsConnections connections, LawmaticsClient client, AuditLog audit)
{
    private const string Action = "form_submit";
    private const string Refused = "Lawmatics refused the form. Check the values. Where they are right, it has most likely a payment gateway or a relationship block, which its API does not take: send the client the form's own address then.";

    // The list comes whole, as far as is known; one that has pages is read so far.
    private const int MaxPages = 20;

    /// <summary>The forms by their names, as far as they could be read, and why the others could not.</summary>
    public async Task<(IReadOnlyList<LawmaticsForm> Forms, string? Problem)> ListAsync(CompanyId company, CancellationToken cancellationToken)
    {
        if (await SessionAsync(company, cancellationToken) is not { } session)
        {
            return ([], "Lawmatics is not connected. Connect it first.");
        }

        var forms = new Dictionary<string, LawmaticsForm>(StringComparer.Ordinal);
        string? problem = null;
        for (var page = 1; page <= MaxPages; page++)
        {
            var reply = await client.GetAsync(session, LawmaticsPath.Of("/v1/forms", ("fields", "all"), ("page", page == 1 ? null : JsonText.Invariant(page))), cancellationToken);
            if (!reply.IsSuccess)
            {
                problem = Told(reply);
                break;
            }

            var records = reply.Answer!.Records;
            var news = records.Count(record => forms.TryAdd(record.Id, LawmaticsForm.Read(record, session.Settings.Forms)));
            // Its samples do not say how many pages there are: a full one that brings what is new may not be the last.
            if (reply.Answer!.TotalPages is { } pages ? page >= pages : news == 0 || records.Count < LawmaticsStagePoll.PageSize)
            {
                break;
            }
        }

        return ([.. forms.Values.OrderBy(form => form.Name, StringComparer.OrdinalIgnoreCase)], problem);
    }

    /// <summary>A form with its fields.</summary>
    /// <returns>The form; or the reply that has none, which is null where nothing is connected.</returns>
    public async Task<(LawmaticsForm? Form, LawmaticsReply? Reply)> FindAsync(CompanyId company, string id, CancellationToken cancellationToken)
    {
        if (!Ids.IsValid(id))
        {
            return (null, LawmaticsReply.Of(LawmaticsKind.NotFound));
        }

        if (await SessionAsync(company, cancellationToken) is not { } session)
        {
            return (null, null);
        }

        var reply = await SendAsync(session, new LawmaticsRequest(HttpMethod.Get, LawmaticsPath.Of($"/v1/forms/{LawmaticsPath.Segment(id)}", ("fields", "all"))), session.Settings.Forms.AlwaysWithToken, cancellationToken);
        // It goes by the id that was asked for: Lawmatics has another one for its own pages.
        return (reply.Answer is { Kind: LawmaticsKind.Success, Record: { } record } ? LawmaticsForm.Read(record, session.Settings.Forms) with { Id = id } : null, reply);
    }

    /// <summary>Why nothing may be submitted for now; null when it may.</summary>
    public async Task<string?> WhyNotNowAsync(CompanyId company, CancellationToken cancellationToken) => LawmaticsReasons.WhyNotNow(await connections.GetAsync(company, cancellationToken));

    /// <summary>What a reply means for a form: what happened and what to do, with Lawmatics' own words.</summary>
    public static string Told(LawmaticsReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        var reason = reply.Answer?.Kind == LawmaticsKind.Refused ? Refused : LawmaticsReasons.Of(reply);
        return $"{reason} {(reply.Answer is { } answer ? LawmaticsReasons.Said(answer) : null)}".TrimEnd();
    }

    /// <summary>Submits a form. Lawmatics keeps every submission, so one without an answer is never sent again from here.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="form">The form, as it was read just now.</param>
    /// <param name="values">The values, by the fields' ids.</param>
    /// <param name="cancellationToken">Stops waiting for the budget, not for the answer.</param>
    /// <returns>The reply; null where nothing is connected.</returns>
    public async Task<LawmaticsReply?> SubmitAsync(CompanyId company, LawmaticsForm form, IReadOnlyDictionary<string, JsonElement> values, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(values);
        if (await SessionAsync(company, cancellationToken) is not { } session)
        {
            return null;
        }

        var body = new JsonObject(values.Select(value => KeyValuePair.Create(value.Key, JsonNode.Parse(value.Value.GetRawText()))));
        var text = body.ToJsonString();
        var request = new LawmaticsRequest(HttpMethod.Post, $"/v1/forms/{LawmaticsPath.Segment(form.Id)}/submit") { Content = () => new StringContent(text, Encoding.UTF8, "application/json") };
        // Before it is sent: where this breaks off, nobody else knows that it may have been. Not the values: they are the client's.
        await audit.WriteAsync(company, LawmaticsConnections.Crm, $"{Action}_started", "done", null, form.Id, null, CancellationToken.None);
        // Its documents say that none is needed; one that is turned away for want of a token was not looked at.
        var reply = await SendAsync(session, request, withToken: false, CancellationToken.None);
        var outcome = reply.Answer is not { } answer ? "skipped" : answer.Kind == LawmaticsKind.Success ? "done" : answer.MayStillTakeEffect ? "warning" : "refused";
        await audit.WriteAsync(company, LawmaticsConnections.Crm, Action, outcome, reply.Answer?.Record?.Id, form.Id, Told(reply), CancellationToken.None);
        return reply;
    }

    private Task<LawmaticsSession?> SessionAsync(CompanyId company, CancellationToken cancellationToken) => connections.SessionAsync(company, LawmaticsPriority.Live, cancellationToken);

    private async Task<LawmaticsReply> SendAsync(LawmaticsSession session, LawmaticsRequest request, bool withToken, CancellationToken cancellationToken)
    {
        var reply = withToken ? null : await client.SendAsync(session, request with { IsAnonymous = true }, cancellationToken);
        return reply is null || reply.Answer?.Kind is LawmaticsKind.TokenRefused or LawmaticsKind.Forbidden ? await client.SendAsync(session, request, cancellationToken) : reply;
    }
}
