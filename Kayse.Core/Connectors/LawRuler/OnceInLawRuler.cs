using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>
/// Writes something to Law Ruler that must not be there twice. The write is announced first; whoever finds an announcement looks whether the
/// earlier try took effect, and waits with looking while Law Ruler may still apply it: only a clear answer saves the wait.
/// </summary>
public sealed class OnceInLawRuler(CrmEffects effects, TimeProvider clock)
{
    /// <summary>Makes one attempt.</summary>
    /// <param name="target">What it is written to.</param>
    /// <param name="attempt">Which attempt.</param>
    /// <param name="look">Looks whether it is there.</param>
    /// <param name="prepare">Fetches what the write needs, where it turned out to be needed; returns what is wrong, or null.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public Task<StepOutcome> RunAsync(
        LawRulerTarget target, StepAttempt attempt, Func<Task<Look>> look, Func<Task<StepOutcome?>> prepare, Func<Task<LawRulerReply>> write, CancellationToken cancellationToken) =>
        RunAsync(target, attempt, look, prepare, write, null, cancellationToken);

    /// <summary>Makes one attempt, and looks after a success whether it is there: Law Ruler says that it took some things, and keeps nothing.</summary>
    /// <param name="target">What it is written to.</param>
    /// <param name="attempt">Which attempt.</param>
    /// <param name="look">Looks whether it is there.</param>
    /// <param name="prepare">Fetches what the write needs, where it turned out to be needed; returns what is wrong, or null.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="whenDropped">What becomes of a write that succeeded and left nothing; null for not looking.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<StepOutcome> RunAsync(
        LawRulerTarget target,
        StepAttempt attempt,
        Func<Task<Look>> look,
        Func<Task<StepOutcome?>> prepare,
        Func<Task<LawRulerReply>> write,
        StepOutcome? whenDropped,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(attempt);
        ArgumentNullException.ThrowIfNull(look);
        ArgumentNullException.ThrowIfNull(prepare);
        ArgumentNullException.ThrowIfNull(write);
        var earlier = await effects.FindAsync(target.Company.Id, target.Workflow, attempt.Step, cancellationToken);
        if (earlier is { State: EffectState.Taken } && whenDropped is not null)
        {
            return await ReadBackAsync(target, attempt, earlier.AnnouncedAt, look, whenDropped, cancellationToken);
        }

        if (earlier is { State: not EffectState.NotSent } && await LookFirstAsync(target, attempt, earlier, look, cancellationToken) is { } found)
        {
            return found;
        }

        if (await prepare() is { } problem)
        {
            return problem;
        }

        if (!await effects.ClaimAsync(target.Company.Id, target.Workflow, attempt.Step, earlier, cancellationToken))
        {
            // Another run is at it: it is looked for when that one has had time to write.
            return StepOutcome.Postpone("Another run of this step is at it.", LawRulerOutcomes.Settled(target, clock.GetUtcNow()));
        }

        var announcedAt = clock.GetUtcNow();
        var outcome = await WriteAsync(target, attempt, write, whenDropped is null ? EffectState.Done : EffectState.Taken, cancellationToken);
        return outcome.Kind == StepKind.Done && whenDropped is not null ? await ReadBackAsync(target, attempt, announcedAt, look, whenDropped, cancellationToken) : outcome;
    }

    private async Task<StepOutcome> WriteAsync(LawRulerTarget target, StepAttempt attempt, Func<Task<LawRulerReply>> write, EffectState success, CancellationToken cancellationToken)
    {
        var reply = await write();
        var outcome = LawRulerOutcomes.Of(reply, target, attempt, clock.GetUtcNow());
        var state = reply.Answer is null || reply.Answer.NothingWasSent ? EffectState.NotSent
            : outcome.Kind == StepKind.Done ? success
            : reply.Answer.WasTurnedAway ? EffectState.TurnedAway
            : reply.Answer.MayStillTakeEffect ? EffectState.Announced
            : EffectState.Answered;
        if (state == EffectState.Announced)
        {
            var since = await effects.LeaveOpenAsync(target.Company.Id, target.Workflow, attempt.Step, cancellationToken);
            return LawRulerOutcomes.NotBefore(outcome, LawRulerOutcomes.Settled(target, since));
        }

        await effects.SettleAsync(target.Company.Id, target.Workflow, attempt.Step, state, outcome.Resource, cancellationToken);
        return outcome;
    }

    private async Task<StepOutcome> ReadBackAsync(
        LawRulerTarget target, StepAttempt attempt, DateTimeOffset announcedAt, Func<Task<Look>> look, StepOutcome whenDropped, CancellationToken cancellationToken)
    {
        var seen = await look();
        switch (seen.Kind)
        {
            case LookKind.Found:
                await effects.SettleAsync(target.Company.Id, target.Workflow, attempt.Step, EffectState.Done, seen.Resource, cancellationToken);
                return StepOutcome.Done(seen.Resource);
            case LookKind.CannotLook:
                await effects.SettleAsync(target.Company.Id, target.Workflow, attempt.Step, EffectState.Done, null, cancellationToken);
                return StepOutcome.Done(target.Lead.ToString(), "Law Ruler took it; whether it is shown there Kayse cannot look with this transport.");
            case LookKind.Absent when LawRulerOutcomes.Settled(target, announcedAt) is var settled && clock.GetUtcNow() < settled:
                return StepOutcome.Postpone("Law Ruler took it and does not list it yet; it is looked for again.", settled);
            case LookKind.Absent:
                await effects.SettleAsync(target.Company.Id, target.Workflow, attempt.Step, EffectState.Answered, null, cancellationToken);
                return whenDropped;
            default:
                return LawRulerOutcomes.Of(seen.Reply!, target, attempt, clock.GetUtcNow());
        }
    }

    private async Task<StepOutcome?> LookFirstAsync(LawRulerTarget target, StepAttempt attempt, CrmEffect earlier, Func<Task<Look>> look, CancellationToken cancellationToken)
    {
        if (earlier.State == EffectState.Announced)
        {
            var since = await effects.OpenSinceAsync(target.Company.Id, target.Workflow, attempt.Step, earlier, cancellationToken);
            if (LawRulerOutcomes.Unsettled(target, since, clock.GetUtcNow()) is { } wait)
            {
                return wait;
            }
        }

        var seen = await look();
        switch (seen.Kind)
        {
            case LookKind.Found:
                await effects.SettleAsync(target.Company.Id, target.Workflow, attempt.Step, EffectState.Done, seen.Resource, cancellationToken);
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
                return LawRulerOutcomes.Of(seen.Reply!, target, attempt, clock.GetUtcNow());
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
