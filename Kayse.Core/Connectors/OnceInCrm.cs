using Kayse.Core.Companies;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors;

/// <summary>
/// Writes something to a CRM that must not be there twice. The write is announced first; whoever finds an announcement looks whether the
/// earlier try took effect, and waits with looking while the CRM may still apply it: only a clear answer saves the wait.
/// </summary>
public sealed class OnceInCrm(CrmEffects effects, TimeProvider clock)
{
    /// <summary>Makes one attempt.</summary>
    public async Task<StepOutcome> RunAsync(CrmWrite write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        var earlier = await effects.FindAsync(write.Company, write.Workflow, write.Step, cancellationToken);
        if (earlier is { State: EffectState.Taken } && write.WhenDropped is not null)
        {
            return await ReadBackAsync(write, earlier.AnnouncedAt, cancellationToken);
        }

        if (earlier is { State: not (EffectState.NotSent or EffectState.Held) } && await LookFirstAsync(write, earlier, cancellationToken) is { } found)
        {
            return found;
        }

        if (await write.Prepare() is { } problem)
        {
            return problem;
        }

        if (!await effects.ClaimAsync(write.Company, write.Workflow, write.Step, earlier, write.Sent, cancellationToken))
        {
            // Another run is at it: it is looked for when that one has had time to write.
            return StepOutcome.Postpone("Another run of this step is at it.", write.Settled(clock.GetUtcNow()));
        }

        var announcedAt = clock.GetUtcNow();
        var outcome = await SendAsync(write, cancellationToken);
        return outcome.Kind == StepKind.Done && write.WhenDropped is not null ? await ReadBackAsync(write, announcedAt, cancellationToken) : outcome;
    }

    /// <summary>An outcome whose next attempt comes no earlier than a time; another than a retry stays as it is.</summary>
    public static StepOutcome NotBefore(StepOutcome outcome, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome.Kind != StepKind.RetryAfter || outcome.NotBefore >= time ? outcome : outcome with { NotBefore = time };
    }

    private async Task<StepOutcome> SendAsync(CrmWrite write, CancellationToken cancellationToken)
    {
        var (outcome, state) = await write.Send();
        if (state == EffectState.Announced)
        {
            var since = await effects.LeaveOpenAsync(write.Company, write.Workflow, write.Step, cancellationToken);
            return NotBefore(outcome, write.Settled(since));
        }

        var known = state == EffectState.Done && write.WhenDropped is not null ? EffectState.Taken : state;
        await effects.SettleAsync(write.Company, write.Workflow, write.Step, known, outcome.Resource, cancellationToken);
        return outcome;
    }

    private async Task<StepOutcome> ReadBackAsync(CrmWrite write, DateTimeOffset announcedAt, CancellationToken cancellationToken)
    {
        var seen = await write.Look();
        switch (seen.Kind)
        {
            case LookKind.Found:
                await effects.SettleAsync(write.Company, write.Workflow, write.Step, EffectState.Done, seen.Resource, cancellationToken);
                return StepOutcome.Done(seen.Resource);
            case LookKind.CannotLook:
                await effects.SettleAsync(write.Company, write.Workflow, write.Step, EffectState.Done, null, cancellationToken);
                return write.WhenTakenUnseen ?? StepOutcome.Done();
            case LookKind.Absent when write.Settled(announcedAt) is var settled && clock.GetUtcNow() < settled:
                return StepOutcome.Postpone($"{write.CrmName} took it and does not list it yet; it is looked for again.", settled);
            case LookKind.Absent:
                await effects.SettleAsync(write.Company, write.Workflow, write.Step, EffectState.Answered, null, cancellationToken);
                return write.WhenDropped!;
            default:
                return seen.Instead!;
        }
    }

    private async Task<StepOutcome?> LookFirstAsync(CrmWrite write, CrmEffect earlier, CancellationToken cancellationToken)
    {
        if (earlier.State == EffectState.Announced)
        {
            var since = await effects.OpenSinceAsync(write.Company, write.Workflow, write.Step, earlier, cancellationToken);
            if (write.Settled(since) is var settled && clock.GetUtcNow() < settled)
            {
                return StepOutcome.Postpone($"An earlier try was cut off; waiting until {write.CrmName} has settled before looking whether it took effect.", settled);
            }
        }

        var seen = await write.Look();
        switch (seen.Kind)
        {
            case LookKind.Found:
                await effects.SettleAsync(write.Company, write.Workflow, write.Step, EffectState.Done, seen.Resource, cancellationToken);
                return StepOutcome.Done(seen.Resource, "It was there from an earlier try and was not written again.");
            case LookKind.Absent:
                return null;
            case LookKind.CannotLook when earlier.State == EffectState.TurnedAway:
                return null;
            case LookKind.CannotLook when earlier.State == EffectState.Done:
                return StepOutcome.Done(earlier.Resource, "It was written before and was not written again.");
            case LookKind.CannotLook:
                return write.WhenUnknown;
            default:
                return seen.Instead!;
        }
    }
}

/// <summary>A write that must not be made twice.</summary>
/// <param name="Company">The firm.</param>
/// <param name="Workflow">What the write is announced under; a rerun shares it with the first run.</param>
/// <param name="Step">The write's name there.</param>
public sealed record CrmWrite(CompanyId Company, string Workflow, string Step)
{
    /// <summary>What people call the CRM.</summary>
    public required string CrmName { get; init; }

    /// <summary>Seconds for which the CRM may still apply a write that no answer told the end of.</summary>
    public required double SettleSeconds { get; init; }

    /// <summary>By what it is recognised, see <see cref="CrmEffect.Sent"/>; null where the look needs nothing of the kind.</summary>
    public string? Sent { get; init; }

    /// <summary>Looks whether it is there.</summary>
    public required Func<Task<CrmLook>> Look { get; init; }

    /// <summary>Fetches what the write needs, where it turned out to be needed; returns what becomes of the step without a write, or null.</summary>
    public Func<Task<StepOutcome?>> Prepare { get; init; } = static () => Task.FromResult<StepOutcome?>(null);

    /// <summary>Writes it, and says what the answer tells of it: <see cref="EffectState.Announced"/> where it tells nothing.</summary>
    public required Func<Task<(StepOutcome Outcome, EffectState State)>> Send { get; init; }

    /// <summary>What becomes of it where an earlier try's end is not known and there is no way to look.</summary>
    public required StepOutcome WhenUnknown { get; init; }

    /// <summary>What becomes of a write that succeeded and left nothing; null for not looking after a success.</summary>
    public StepOutcome? WhenDropped { get; init; }

    /// <summary>What becomes of a write that succeeded where it is to be looked for and there is no way to look.</summary>
    public StepOutcome? WhenTakenUnseen { get; init; }

    /// <summary>When the CRM has settled after a try.</summary>
    public DateTimeOffset Settled(DateTimeOffset since) => since.AddSeconds(SettleSeconds);
}

/// <summary>What a look in a CRM found.</summary>
/// <param name="Kind">Whether it is there.</param>
/// <param name="Resource">Its id, where it is there.</param>
/// <param name="Instead">What becomes of the attempt, where the CRM did not answer the question.</param>
public sealed record CrmLook(LookKind Kind, string? Resource = null, StepOutcome? Instead = null)
{
    /// <summary>It is not there.</summary>
    public static CrmLook Absent { get; } = new(LookKind.Absent);

    /// <summary>There is no way to look.</summary>
    public static CrmLook Impossible { get; } = new(LookKind.CannotLook);

    /// <summary>It is there.</summary>
    public static CrmLook Found(string? resource) => new(LookKind.Found, resource);

    /// <summary>The CRM did not answer the question.</summary>
    public static CrmLook NoAnswer(StepOutcome instead) => new(LookKind.NoAnswer, Instead: instead);
}

/// <summary>Whether something is in a CRM.</summary>
public enum LookKind
{
    /// <summary>It is.</summary>
    Found,

    /// <summary>It is not.</summary>
    Absent,

    /// <summary>There is no way to tell.</summary>
    CannotLook,

    /// <summary>The CRM did not answer the question for now.</summary>
    NoAnswer,
}
