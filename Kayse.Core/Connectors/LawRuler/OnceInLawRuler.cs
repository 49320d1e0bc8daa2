using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Writes something to Law Ruler that must not be there twice. The write is announced first; whoever finds an announcement looks whether the
/// earlier try took effect, and waits with looking while Law Ruler may still apply it: only a clear answer saves the wait.
/// </summary>
public sealed class OnceInLawRuler(CrmEffects effects, TimeProvider clock)
{
    /// <summary>Makes one attempt.</summary>
    /// <param name="call">The call it belongs to.</param>
    /// <param name="attempt">Which attempt.</param>
    /// <param name="look">Looks whether it is there.</param>
    /// <param name="prepare">Fetches what the write needs, where it turned out to be needed; returns what is wrong, or null.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<StepOutcome> RunAsync(
        LawRulerCall call, StepAttempt attempt, Func<Task<Look>> look, Func<Task<StepOutcome?>> prepare, Func<Task<LawRulerReply>> write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(look);
        ArgumentNullException.ThrowIfNull(prepare);
        ArgumentNullException.ThrowIfNull(write);
        if (await effects.FindAsync(call.Company.Id, call.Workflow, attempt.Step, cancellationToken) is { State: not EffectState.NotSent } earlier
            && await LookFirstAsync(call, attempt, earlier, look, cancellationToken) is { } found)
        {
            return found;
        }

        if (await prepare() is { } problem)
        {
            return problem;
        }

        await effects.AnnounceAsync(call.Company.Id, call.Workflow, attempt.Step, null, cancellationToken);
        var reply = await write();
        var outcome = LawRulerOutcomes.Of(reply, call, attempt, clock.GetUtcNow());
        var state = reply.Answer is null || reply.Answer.NothingWasSent ? EffectState.NotSent
            : outcome.Kind == StepKind.Done ? EffectState.Done
            : reply.Answer.WasTurnedAway ? EffectState.TurnedAway
            : reply.Answer.MayStillTakeEffect ? EffectState.Announced
            : EffectState.Answered;
        if (state == EffectState.Announced)
        {
            var since = await effects.LeaveOpenAsync(call.Company.Id, call.Workflow, attempt.Step, cancellationToken);
            return LawRulerOutcomes.NotBefore(outcome, LawRulerOutcomes.Settled(call, since));
        }

        await effects.SettleAsync(call.Company.Id, call.Workflow, attempt.Step, state, outcome.Resource, cancellationToken);
        return outcome;
    }

    private async Task<StepOutcome?> LookFirstAsync(LawRulerCall call, StepAttempt attempt, CrmEffect earlier, Func<Task<Look>> look, CancellationToken cancellationToken)
    {
        if (earlier.State == EffectState.Announced)
        {
            var since = await effects.OpenSinceAsync(call.Company.Id, call.Workflow, attempt.Step, earlier, cancellationToken);
            if (LawRulerOutcomes.Unsettled(call, since, clock.GetUtcNow()) is { } wait)
            {
                return wait;
            }
        }

        var seen = await look();
        switch (seen.Kind)
        {
            case LookKind.Found:
                await effects.SettleAsync(call.Company.Id, call.Workflow, attempt.Step, EffectState.Done, seen.Resource, cancellationToken);
                return StepOutcome.Done(seen.Resource, "It was there from an earlier try and was not written again.");
            case LookKind.Absent:
                return null;
            case LookKind.CannotLook when earlier.State == EffectState.TurnedAway:
                return null;
            case LookKind.CannotLook when earlier.State == EffectState.Done:
                return StepOutcome.Done(earlier.Resource, "It was written before and was not written again.");
            case LookKind.CannotLook:
                return StepOutcome.Refused("Law Ruler did not confirm the write, and with this transport Kayse cannot look whether it is there. It is not written again, so that it cannot be there twice: check the lead in Law Ruler.");
            default:
                return LawRulerOutcomes.Of(seen.Reply!, call, attempt, clock.GetUtcNow());
        }
    }
}

/// <summary>What a look in Law Ruler found.</summary>
/// <param name="Kind">Whether it is there.</param>
/// <param name="Resource">Its id, where it is there.</param>
/// <param name="Reply">The reply that was no answer to the question.</param>
public sealed record Look(LookKind Kind, string? Resource = null, LawRulerReply? Reply = null)
{
    /// <summary>It is not there.</summary>
    public static Look Absent { get; } = new(LookKind.Absent);

    /// <summary>The transport has no way to look.</summary>
    public static Look Impossible { get; } = new(LookKind.CannotLook);
}

/// <summary>Whether something is in Law Ruler.</summary>
public enum LookKind
{
    /// <summary>It is.</summary>
    Found,

    /// <summary>It is not.</summary>
    Absent,

    /// <summary>There is no way to tell.</summary>
    CannotLook,

    /// <summary>Law Ruler did not answer the question for now.</summary>
    NoAnswer,
}
