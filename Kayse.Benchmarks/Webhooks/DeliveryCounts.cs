using System.Diagnostics;
using System.Globalization;
using Kayse.Benchmarks.Processes;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>Counts afterwards what there should be.</summary>
internal static class DeliveryCounts
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>The delivered rows in a host's log, of all subscriptions but some.</summary>
    public static async Task<long> LoggedAsync(ChildProcess host, params string[] except) =>
        long.Parse(await host.AskAsync($"stored {string.Join(' ', except)}"), CultureInfo.InvariantCulture);

    /// <summary>Waits until there are so many; more or, after a while, fewer are an error. A row follows the answer of the sink.</summary>
    public static async Task ExpectAsync(string what, long expected, Func<Task<long>> count)
    {
        for (var start = Stopwatch.GetTimestamp(); await count() is var there && there != expected; await Task.Delay(50))
        {
            if (there > expected || Stopwatch.GetElapsedTime(start) > s_patience)
            {
                throw new InvalidOperationException($"{expected} {what} were expected, and there are {there}.");
            }
        }
    }
}
