using System.Security.Cryptography;
using System.Text;
using Kayse.Core.Workflows;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What the answer to a write tells of it.</summary>
internal static class LawmaticsWrites
{
    /// <summary>The outcome of a write, and what is known of it: nothing, where no word of the answer tells.</summary>
    public static (StepOutcome Outcome, EffectState State) Sent(LawmaticsReply reply, DateTimeOffset now)
    {
        var outcome = LawmaticsOutcomes.Of(reply, now);
        if (reply.Answer is not { } answer || answer.NothingWasSent)
        {
            return (outcome, EffectState.NotSent);
        }

        // A success that names no record: it may be there under an id that nobody told.
        return outcome.Kind == StepKind.Done && string.IsNullOrEmpty(outcome.Resource) ? (StepOutcome.Retry("Lawmatics' answer names no record; it is looked for."), EffectState.Announced)
            : (outcome, outcome.Kind == StepKind.Done ? EffectState.Done : answer.WasTurnedAway ? EffectState.TurnedAway : answer.MayStillTakeEffect ? EffectState.Announced : EffectState.Answered);
    }

    /// <summary>A hash to tell whether something is other than what was sent last.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
