using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Tries a mapping out: sends a chosen case's mapped values to a chosen lead and looks what became of them, or shows what would be sent.</summary>
public sealed class SampleRecord(LawRulerConnections connections, CaseStore cases, Campaigns campaigns, MappedFields mappedFields, LawRulerClient client, AuditLog audit)
{
    private const string NotTold = "Law Ruler does not tell this field's value; look at the lead.";

    /// <summary>Tries it.</summary>
    /// <returns>What came of it; or the field of the request that is wrong, and whether it is the firm's state that is in the way.</returns>
    public async Task<(SampleRecordResult? Result, FieldError? Error, bool IsConflict)> RunAsync(
        CompanyId company, CaseId caseId, LeadId lead, string? campaign, bool dryRun, CancellationToken cancellationToken)
    {
        if (await cases.FindAsync(company, caseId, cancellationToken) is not { } matter)
        {
            return (null, new FieldError("caseId", "There is no such case."), false);
        }

        var connection = await connections.GetAsync(company, cancellationToken);
        if (!connection.Connected || await connections.CredentialsAsync(company, cancellationToken) is not { } credentials)
        {
            return (null, new FieldError("connection", "Law Ruler is not connected. Connect it first."), true);
        }

        var campaignId = campaign ?? matter.CampaignId;
        var subject = new MappingSubject(company, connection.Settings)
        {
            Case = matter,
            Client = await cases.FindAsync(company, matter.ClientId, cancellationToken),
            CaseType = matter.CaseType,
            Campaign = campaignId,
            CampaignName = campaignId is null ? null : (await campaigns.FindAsync(company, campaignId, cancellationToken))?.Name,
        };
        var mapped = await mappedFields.ForAsync(subject, ListRead.LoadIfMissing, cancellationToken);
        var obstacle = Obstacle(connection.Toggles, mapped, matter);
        if (obstacle is not null && !dryRun)
        {
            return (null, obstacle, true);
        }

        var session = new LawRulerSession(company, credentials, connection.Settings);
        var start = new SampleRecordResult(caseId, lead, dryRun) { CaseType = mapped.Link?.Kayse ?? matter.CaseType, Link = mapped.Link, Campaign = campaignId, Blocked = mapped.Blocked is not null || mapped.Link is null };
        var result = await TryAsync(session, start, mapped, [.. Warnings(obstacle, mapped)], cancellationToken);
        await audit.WriteAsync(
            company, LawRulerConnections.Crm, "test_record", dryRun ? "dry_run" : result.Sent ? "done" : "failed", lead.ToString(), caseId.ToString(),
            $"{result.Fields.Count(field => field.Value is not null)} of {result.Fields.Count} mapped fields {(dryRun ? "would be sent" : "were sent")}.", cancellationToken);
        return (result, null, false);
    }

    /// <summary>What of the firm's state keeps a mapping from being sent.</summary>
    private static FieldError? Obstacle(LawRulerToggles toggles, MappedSet mapped, Case matter) =>
        !toggles.EnableIntegration ? new FieldError("toggles.enableIntegration", "The integration is paused; nothing is sent.")
        : !toggles.SendData ? new FieldError("toggles.sendData", "Send data to Law Ruler is off; nothing is sent.")
        : !toggles.SendMappedFields ? new FieldError("toggles.sendMappedFields", "Send mapped fields is off; nothing is sent.")
        : !mapped.IsSent ? new FieldError("settings.outboundCaseTypes", mapped.Blocked!)
        : mapped.Link is null ? new FieldError("caseType", MappedFields.NotLinked(matter.CaseType))
        : null;

    private static IEnumerable<string> Warnings(FieldError? obstacle, MappedSet mapped)
    {
        if (obstacle is not null)
        {
            yield return obstacle.Message;
        }
        else if (mapped.Values.Count == 0)
        {
            yield return "No field is mapped for this case type yet.";
        }

        if (mapped.ListFault is { } fault)
        {
            yield return $"The list of fields could not be loaded: {fault.Reason}";
        }
    }

    private async Task<SampleRecordResult> TryAsync(LawRulerSession session, SampleRecordResult start, MappedSet mapped, List<string> warnings, CancellationToken cancellationToken)
    {
        if (mapped.Values.Count == 0)
        {
            return start with { Warnings = warnings };
        }

        var before = await LookAsync(session, start.LeadId, warnings, cancellationToken);
        if (start.DryRun || !mapped.Values.Any(value => value.Outcome == MappedOutcomes.Sent))
        {
            return start with { Fields = [.. mapped.Values.Select(value => Planned(value, before))], Warnings = warnings };
        }

        var path = session.Settings.CampaignPath;
        var reply = await client.PostKeyPageAsync(session, path, CampaignForm.BuildMapped(start.LeadId, session.Settings, mapped), cancellationToken);
        var answer = Read(reply, session, path, start.LeadId);
        var mayBeWritten = answer.Ok || reply.Answer is { MayStillTakeEffect: true };
        // What a time-out hides the lead itself may tell.
        var after = mayBeWritten ? await LookAsync(session, start.LeadId, warnings, cancellationToken) : before;
        return start with { Sent = answer.Ok, Answer = answer, Fields = [.. mapped.Values.Select(value => Done(value, before, after, answer.Ok))], Warnings = [.. warnings.Distinct(StringComparer.Ordinal)] };
    }

    private async Task<LeadFields?> LookAsync(LawRulerSession session, LeadId lead, List<string> warnings, CancellationToken cancellationToken)
    {
        var path = session.Settings.GetLeadPath.Replace("{leadId}", lead.ToString(), StringComparison.Ordinal);
        var reply = await client.CallApiAsync(session, HttpMethod.Get, path, static () => null, isUpload: false, cancellationToken);
        if (reply.Answer is { Kind: AnswerKind.Success, Body: { } body })
        {
            return new LeadFields(body);
        }

        warnings.Add($"The lead's fields could not be read: {LawRulerReasons.Of(reply, path, "getLeadPath")}");
        return null;
    }

    private static SampleAnswer Read(LawRulerReply reply, LawRulerSession session, string path, LeadId lead)
    {
        // Whatever Law Ruler says back, the Key is shown to nobody.
        var text = reply.Answer?.Text?.Replace(session.Credentials.Key, "***", StringComparison.Ordinal);
        return reply.Answer is { Kind: AnswerKind.Success, LeadId: { } named } && named != lead.ToString()
            ? new SampleAnswer(false, $"Law Ruler answered for another lead than {lead}. Check the override parameter names in the settings.", text)
            : new SampleAnswer(reply.Answer?.Kind == AnswerKind.Success, LawRulerReasons.Of(reply, path, "campaignPath"), string.IsNullOrWhiteSpace(text) ? null : text);
    }

    private static SampleField Planned(MappedValue value, LeadFields? before)
    {
        var old = before?.Value(value.To);
        return Field(value, old, value.Text ?? old, value.Outcome == MappedOutcomes.Sent ? "would_be_sent" : value.Outcome, value.Reason);
    }

    private static SampleField Done(MappedValue value, LeadFields? before, LeadFields? after, bool isOk)
    {
        var (old, now) = (before?.Value(value.To), after?.Value(value.To));
        if (value.Text is not { } sent)
        {
            return Field(value, old, now, value.Outcome, value.Reason);
        }

        return LeadFields.Says(now, sent) && (isOk || !LeadFields.Says(old, sent)) ? Field(value, old, now, MappedOutcomes.Sent, null)
            : !isOk ? Field(value, old, now, "not_sent", "Law Ruler did not confirm the write.")
            : now is null ? Field(value, old, null, MappedOutcomes.Sent, NotTold)
            : Field(value, old, now, "differs", "Law Ruler says that it worked, but the field says something else.");
    }

    private static SampleField Field(MappedValue value, string? before, string? after, string outcome, string? reason) =>
        new(value.From, value.To, value.Label, value.Kind, value.Given, value.Text, before, after, outcome, reason);
}
