using System.Globalization;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>
/// When a delivery that failed is tried again: exponentially later, up to 10 % earlier or later than the table says, and never past
/// 24 hours from the first attempt. The first six delays are those that Standard Webhooks suggests, the seventh makes the day full.
/// </summary>
public sealed record RetrySchedule
{
    /// <summary>The table that is used when none is set.</summary>
    public const string Default = "5s, 5m, 30m, 2h, 5h, 10h, 6h";

    private const int MaxDelays = 50;
    private const double Jitter = 0.1;

    private static readonly TimeSpan s_window = TimeSpan.FromHours(24);
    private static readonly TimeSpan s_margin = TimeSpan.FromMinutes(1);

    // Less would round to nothing: the next attempt is always later.
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads a table such as <c>5s, 5m, 2h</c>.</summary>
    /// <exception cref="FormatException">It is none; the message says what is expected.</exception>
    public RetrySchedule(string table)
    {
        ArgumentNullException.ThrowIfNull(table);
        Delays = [.. table.Split(',', StringSplitOptions.TrimEntries).Select(Delay)];
        if (Delays.Count > MaxDelays)
        {
            throw new FormatException($"Expected {MaxDelays} delays at the most.");
        }

        if (Delays.Zip(Delays.Skip(1)).SkipLast(1).Any(pair => pair.Second < pair.First))
        {
            throw new FormatException("The delays must grow; only the last may be shorter than the one before it.");
        }

        if (Delays.Aggregate(TimeSpan.Zero, (sum, delay) => sum + delay) > s_window)
        {
            throw new FormatException($"The delays together must not be longer than {s_window.TotalHours:0} hours.");
        }
    }

    /// <summary>The delay after each attempt but the last.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; }

    /// <summary>When a delivery's day is over: no attempt is made from then on.</summary>
    public static DateTimeOffset End(DateTimeOffset first) => first + s_window;

    /// <summary>When a delivery is tried for the last time at the latest, so that the attempt ends within the day too.</summary>
    public static DateTimeOffset LastAttempt(DateTimeOffset first) => End(first) - s_margin;

    /// <summary>When the next attempt is, or null when there is none.</summary>
    /// <param name="delivery">The delivery; the same one always has the same jitter.</param>
    /// <param name="first">When its first attempt was.</param>
    /// <param name="attempts">How many there were.</param>
    /// <param name="now">When the last of them ended.</param>
    /// <param name="notBefore">Until when the destination asked to be left alone, or null.</param>
    public DateTimeOffset? Next(string delivery, DateTimeOffset first, int attempts, DateTimeOffset now, DateTimeOffset? notBefore)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        var last = LastAttempt(first);
        if (attempts > Delays.Count || now >= last)
        {
            return null;
        }

        var share = Partitions.Hash($"{delivery}/{attempts}") / (double)uint.MaxValue;
        var next = now + (Delays[attempts - 1] * (1 - Jitter + (2 * Jitter * share)));
        next = notBefore > next ? notBefore.Value : next;
        return next < last ? next : last;
    }

    private static TimeSpan Delay(string text)
    {
        var unit = text.Length == 0 ? ' ' : text[^1];
        if (!double.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number <= 0 || number > 86_400)
        {
            throw Unreadable(text);
        }

        var delay = unit switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            _ => throw Unreadable(text),
        };
        return delay >= s_shortest ? delay : throw Unreadable(text);
    }

    private static FormatException Unreadable(string text) => new($"'{text}' is no delay. Expected a list such as \"{Default}\".");
}
