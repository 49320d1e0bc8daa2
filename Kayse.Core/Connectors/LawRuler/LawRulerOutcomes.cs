using Kayse.Core.Sync;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>What an answer of Law Ruler's means for a step: is it done, is it tried again, and what the firm's admin can do. Texts of our own only.</summary>
public static class LawRulerOutcomes
{
    private const int UnauthorizedTries = 3;

    /// <summary>The outcome of a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="target">The lead and the settings.</param>
    /// <param name="attempt">Which attempt it was.</param>
    /// <param name="now">The time.</param>
    public static StepOutcome Of(LawRulerReply reply, LawRulerTarget target, StepAttempt attempt, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(reply);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(attempt);
        if (reply.Answer is not { } answer)
        {
            return StepOutcome.Postpone("Waiting for the connection's rate limit.", reply.ComeBack);
        }

        return answer.Kind switch
        {
            AnswerKind.Success => StepOutcome.Done(target.Lead.ToString()),
            AnswerKind.KeyRefused => KeyRefused(),
            AnswerKind.Unauthorized when attempt.Unauthorized + 1 >= UnauthorizedTries => KeyRefused(),
            AnswerKind.LoginUnclear when attempt.Unauthorized + 1 >= UnauthorizedTries => LoginRefused(),
            AnswerKind.LeadUnknown => StepOutcome.Refused($"Law Ruler has no lead {target.Lead}. Check the Lead ID; when the lead is there, rerun from this step."),
            AnswerKind.StatusUnknown => StepOutcome.Refused("Law Ruler does not know this status. Add it to the status mapping, then rerun from this step."),
            AnswerKind.LoginRefused => LoginRefused(),
            AnswerKind.ApiDisabled => StepOutcome.Refused("Law Ruler's Advanced API is not switched on for this firm. Ask Law Ruler's support to enable it, then rerun from this step."),
            AnswerKind.PathUnknown => StepOutcome.Refused("Law Ruler has no such page. Check the path in the settings, then rerun from this step."),
            AnswerKind.Refused => StepOutcome.Refused("Law Ruler refused the request. Check the case type, the status mapping and the field mapping, then rerun from this step."),
            AnswerKind.RateLimited => StepOutcome.Retry("Law Ruler asked to slow down.", now + answer.RetryAfter),
            AnswerKind.Unavailable => StepOutcome.Retry("Law Ruler has a fault of its own.", answer.RetryAfter is { } wait ? now + wait : null),
            AnswerKind.Unreachable => StepOutcome.Retry("Law Ruler cannot be reached."),
            AnswerKind.TimedOut => StepOutcome.Retry("Law Ruler did not answer in time."),
            AnswerKind.Broken => StepOutcome.Retry("The connection to Law Ruler broke."),
            AnswerKind.TokenRefused => StepOutcome.Retry("Law Ruler refused the sign-in for now."),
            AnswerKind.Unauthorized or AnswerKind.LoginUnclear => StepOutcome.Retry("Law Ruler refused the sign-in for now.") with { Unauthorized = true },
            _ => StepOutcome.Retry("Law Ruler's answer cannot be read."),
        };
    }

    /// <summary>An outcome that says which credential Law Ruler has taken, where the step was done with a transport that leaves no doubt: of the Key pages' notes and files some are done without asking.</summary>
    public static StepOutcome Proven(StepOutcome outcome, LawRulerTransport? transport)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome.Kind == StepKind.Done && transport == LawRulerTransport.AdvancedApi ? outcome with { Credential = SyncHealth.Login } : outcome;
    }

    /// <summary>When Law Ruler has settled after a try that no answer told the end of.</summary>
    public static DateTimeOffset Settled(LawRulerTarget target, DateTimeOffset since)
    {
        ArgumentNullException.ThrowIfNull(target);
        return since.AddSeconds(target.Settings.SettleSeconds);
    }

    /// <summary>What becomes of an attempt that comes before Law Ruler has settled; null when it has.</summary>
    public static StepOutcome? Unsettled(LawRulerTarget target, DateTimeOffset since, DateTimeOffset now)
    {
        var settled = Settled(target, since);
        return now < settled ? StepOutcome.Postpone("An earlier try was cut off; waiting until Law Ruler has settled before looking whether it took effect.", settled) : null;
    }

    /// <summary>An outcome whose next attempt comes no earlier than a time; another than a retry stays as it is.</summary>
    public static StepOutcome NotBefore(StepOutcome outcome, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome.Kind != StepKind.RetryAfter || outcome.NotBefore >= time ? outcome : outcome with { NotBefore = time };
    }

    private static StepOutcome LoginRefused() =>
        StepOutcome.Refused("Law Ruler refused the Username, Password or Client Secret. Connect again, then rerun from this step.") with { CredentialsRefused = true, Credential = SyncHealth.Login };

    private static StepOutcome KeyRefused() => StepOutcome.Refused(
        "Law Ruler refused the Key. Connect again with the Key from Setup > 3rd Party Integrations, then rerun from this step.", stopsAll: true) with
    { CredentialsRefused = true, Credential = SyncHealth.Key };
}
