using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What an answer to the sync means, and what the sync says of itself. Texts of our own only, with numbers.</summary>
public static class LawRulerSyncOutcomes
{
    private const int UnauthorizedTries = 3;

    /// <summary>The outcome of a reply that holds no page. A list is never refused by what it asks for, so but for the sign-in and the path all of it passes.</summary>
    public static StepOutcome Of(LawRulerReply reply, StepAttempt attempt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(attempt);
        if (reply.Answer is not { } answer)
        {
            return StepOutcome.Postpone("Waiting for the connection's rate limit.", reply.ComeBack);
        }

        return answer.Kind switch
        {
            AnswerKind.LoginRefused => LoginRefused(),
            AnswerKind.LoginUnclear or AnswerKind.Unauthorized when attempt.Unauthorized + 1 >= UnauthorizedTries => LoginRefused(),
            AnswerKind.LoginUnclear or AnswerKind.Unauthorized => StepOutcome.Retry("Law Ruler refused the sign-in for now.") with { Unauthorized = true },
            AnswerKind.ApiDisabled => StepOutcome.Refused("Law Ruler's Advanced API is not switched on for this firm. Ask Law Ruler's support to enable it.", stopsAll: true),
            AnswerKind.PathUnknown => StepOutcome.Refused(attempt.Step switch
            {
                LawRulerSyncWorkflow.Leads => "Law Ruler has no such page to search leads. Check sync.searchLeadsPath in the settings.",
                LawRulerSyncWorkflow.Documents => "Law Ruler has no such page of documents. Check getDocumentsPath in the settings.",
                _ => "Law Ruler has no such page of notes. Check sync.changedNotesPath and getNotesPath in the settings.",
            }),
            AnswerKind.RateLimited => StepOutcome.Retry("Law Ruler asked to slow down.", now + answer.RetryAfter),
            AnswerKind.Unavailable => StepOutcome.Retry("Law Ruler has a fault of its own.", answer.RetryAfter is { } wait ? now + wait : null),
            AnswerKind.Unreachable => StepOutcome.Retry("Law Ruler cannot be reached."),
            AnswerKind.TimedOut => StepOutcome.Retry("Law Ruler did not answer in time."),
            AnswerKind.Broken => StepOutcome.Retry("The connection to Law Ruler broke."),
            AnswerKind.TokenRefused => StepOutcome.Retry("Law Ruler refused the sign-in for now."),
            AnswerKind.Indeterminate => StepOutcome.Retry("Law Ruler's answer cannot be read."),
            _ => StepOutcome.Retry("Law Ruler refused to list what changed."),
        };
    }

    /// <summary>True for a reply that may concern the one lead or document that was asked for, and not the portal or the connection.</summary>
    public static bool MayBeOfOne(LawRulerReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return reply.Answer?.Kind is AnswerKind.Refused or AnswerKind.StatusUnknown or AnswerKind.LeadUnknown or AnswerKind.Unavailable or AnswerKind.TimedOut or AnswerKind.Broken or AnswerKind.Indeterminate;
    }

    /// <summary>What a step has done so far.</summary>
    public static string Told(string step, LawRulerSyncCounts counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var odd = counts.Odd > 0 ? $" {counts.Odd} could not be read." : string.Empty;
        return step == LawRulerSyncWorkflow.Documents ? $"Documents: {counts.Documents} new.{odd}"
            : step == LawRulerSyncWorkflow.Leads
            ? $"Leads: {counts.Created} created, {counts.Updated} updated, {counts.Unchanged} unchanged, {counts.OtherTypes} of other case types.{odd}"
            : $"Notes: {counts.Notes} new, {counts.Known} known, {counts.Own} own, {counts.Unmatched} of leads without a case.{odd}";
    }

    private static StepOutcome LoginRefused() =>
        StepOutcome.Refused("Law Ruler refused the Username, Password or Client Secret. Connect again; the sync goes on where it stood.", stopsAll: true) with { CredentialsRefused = true, Credential = SyncHealth.Login };
}
