using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What an answer of Lawmatics' means for a step: is it done, is it tried again, and what an admin can do.</summary>
public static class LawmaticsOutcomes
{
    private static readonly TimeSpan s_pauseCheck = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_mostBetweenChecks = TimeSpan.FromMinutes(15);

    /// <summary>The outcome of a reply. What waits for a sign-in spends no attempt and none of its time.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="now">The time.</param>
    public static StepOutcome Of(LawmaticsReply reply, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (reply.Answer is not { } answer)
        {
            return StepOutcome.Postpone("Waiting for the connection's rate limit.", reply.ComeBack);
        }

        var reason = LawmaticsReasons.Of(reply);
        return (answer.Kind switch
        {
            LawmaticsKind.Success => StepOutcome.Done(answer.Record?.Id),
            LawmaticsKind.TokenRefused or LawmaticsKind.ReconnectNeeded or LawmaticsKind.NotConnected => StepOutcome.Postpone(reason, now + s_pauseCheck),
            LawmaticsKind.Forbidden or LawmaticsKind.NotFound or LawmaticsKind.PathUnknown or LawmaticsKind.Refused => StepOutcome.Refused(reason),
            LawmaticsKind.RateLimited or LawmaticsKind.Unavailable => StepOutcome.Retry(reason, answer.RetryAfter is { } wait ? now + wait : null),
            _ => StepOutcome.Retry(reason),
        }) with
        { Said = LawmaticsReasons.Said(answer) };
    }

    /// <summary>What becomes of an attempt while nothing may be sent: not connected, paused, or waiting for a new sign-in; null when it may.</summary>
    public static StepOutcome? WhyNotNow(LawmaticsConnection connection, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return !connection.Connected ? StepOutcome.Postpone("Lawmatics is not connected. It goes on when it is connected again.", now + s_mostBetweenChecks)
            : !connection.Toggles.EnableIntegration ? StepOutcome.Postpone("The integration is paused.", now + UntilNextCheck(connection.PausedSince is { } paused ? now - paused : TimeSpan.Zero))
            : connection.ReconnectNeededSince is { } since ? StepOutcome.Postpone(LawmaticsReasons.ReconnectNeeded, now + UntilNextCheck(now - since))
            : null;
    }

    // What has waited for days is not looked at every minute.
    private static TimeSpan UntilNextCheck(TimeSpan waited)
    {
        var tenth = waited / 10;
        return tenth < s_pauseCheck ? s_pauseCheck : tenth > s_mostBetweenChecks ? s_mostBetweenChecks : tenth;
    }
}
