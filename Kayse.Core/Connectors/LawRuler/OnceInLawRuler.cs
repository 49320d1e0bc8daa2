using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.LawRuler;

/// <summary>Writes something to Law Ruler that must not be there twice; see <see cref="OnceInCrm"/>.</summary>
public sealed class OnceInLawRuler(OnceInCrm once, TimeProvider clock)
{
    private static readonly StepOutcome s_unknown = StepOutcome.Refused(
        "Law Ruler did not confirm the write, and with this transport Kayse cannot look whether it is there. It is not written again, so that it cannot be there twice: check the lead in Law Ruler.");

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
    public Task<StepOutcome> RunAsync(
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
        return once.RunAsync(
            new CrmWrite(target.Company.Id, target.Workflow, attempt.Step)
            {
                CrmName = "Law Ruler",
                SettleSeconds = target.Settings.SettleSeconds,
                Look = async () => Seen(await look(), target, attempt),
                Prepare = prepare,
                Send = async () => Sent(await write(), target, attempt),
                WhenUnknown = s_unknown,
                WhenDropped = whenDropped,
                WhenTakenUnseen = StepOutcome.Done(target.Lead.ToString(), "Law Ruler took it; whether it is shown there Kayse cannot look with this transport."),
            },
            cancellationToken);
    }

    private CrmLook Seen(Look seen, LawRulerTarget target, StepAttempt attempt) =>
        new(seen.Kind, seen.Resource, seen.Reply is { } reply ? LawRulerOutcomes.Of(reply, target, attempt, clock.GetUtcNow()) : null);

    private (StepOutcome Outcome, EffectState State) Sent(LawRulerReply reply, LawRulerTarget target, StepAttempt attempt)
    {
        var outcome = LawRulerOutcomes.Of(reply, target, attempt, clock.GetUtcNow());
        var state = reply.Answer is null || reply.Answer.NothingWasSent ? EffectState.NotSent
            : outcome.Kind == StepKind.Done ? EffectState.Done
            : reply.Answer.WasTurnedAway ? EffectState.TurnedAway
            : reply.Answer.MayStillTakeEffect ? EffectState.Announced
            : EffectState.Answered;
        return (outcome, state);
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
