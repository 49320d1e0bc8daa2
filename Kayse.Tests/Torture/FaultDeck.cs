namespace Kayse.Tests.Torture;

/// <summary>Every fault kind with every <c>applied</c> value at every operation, shuffled, dealt out a few at a time.</summary>
internal sealed class FaultDeck(StubbornClient client, string sandboxUrl, Random chance)
{
    /// <summary>How late the sandbox applies a write that the caller has given up; the host waits longer before it looks.</summary>
    public const int LateMs = 1200;

    /// <summary>The operations that write.</summary>
    public static readonly IReadOnlyList<string> Writes = ["campaign", "addnote", "upload"];

    private static readonly string[] s_kinds = ["429", "500", "502", "503", "401", "slow", "reset", "html200", "empty200", "truncated", "login-redirect"];
    private static readonly string[] s_applied = ["no", "before", "late"];
    private static readonly string[] s_reads = ["getstatus", "getnotes", "getdocuments", "token"];

    // Turned away unread: the host need not wait then, so the late write comes with the answer. The campaign call waits only where there was no answer at all.
    private static readonly string[] s_turnedAway = ["429", "401"];
    private static readonly string[] s_unanswered = ["slow", "reset", "truncated"];

    private readonly Queue<(string Operation, string Kind, string Applied)> _cards = new(Shuffled(chance));

    /// <summary>How many are still to be dealt.</summary>
    public int Left => _cards.Count;

    /// <summary>Deals some.</summary>
    public async Task DealAsync(int count)
    {
        for (; count > 0 && _cards.TryDequeue(out var card); count--)
        {
            await client.SendAsync(HttpMethod.Post, $"{sandboxUrl}/_sandbox/faults", new
            {
                system = "lawruler",
                operation = card.Operation,
                kind = card.Kind,
                count = 1,
                applied = card.Applied,
                delayMs = card.Kind == "slow" ? chance.Next(200, 1200) : 0,
                lateMs = card.Applied == "late" ? Late(card.Operation, card.Kind) : 0,
                retryAfter = card.Kind == "429" && chance.Next(2) == 0 ? "1" : null,
            });
        }
    }

    private static int Late(string operation, string kind) =>
        s_turnedAway.Contains(kind) || (operation == "campaign" && !s_unanswered.Contains(kind)) ? 0 : LateMs;

    private static (string Operation, string Kind, string Applied)[] Shuffled(Random chance)
    {
        var writes = Writes.SelectMany(operation => s_kinds.SelectMany(kind => s_applied.Select(applied => (operation, kind, applied))));
        // What a read does when it fails does not hang on when it is applied.
        var reads = s_reads.SelectMany(operation => s_kinds.Select(kind => (operation, kind, "no")));
        (string Operation, string Kind, string Applied)[] cards = [.. writes, .. reads];
        chance.Shuffle(cards);
        return cards;
    }
}
