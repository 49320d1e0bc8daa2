using System.Diagnostics;
using System.Globalization;
using System.Text;
using Kayse.Benchmarks.Intake;

namespace Kayse.Benchmarks.Webhooks;

/// <summary>Requests that each bring an event of 1 kB, of many firms in turn. An event's id says when it was sent, in <see cref="Stopwatch"/> ticks, which all processes of a machine share.</summary>
internal sealed class StampedRequests
{
    private const string Prefix = "evt_";
    private const int StampDigits = 19;
    private const int NumberDigits = 10;

    private static readonly string s_idPlace = $"{Prefix}{new string('0', StampDigits)}_{new string('0', NumberDigits)}";

    private readonly byte[][] _templates;
    private readonly long[] _sent;
    private long _last = -1;

    /// <summary>Requests of the given firms.</summary>
    public StampedRequests(IReadOnlyList<OpenedFirm> firms)
    {
        _templates = [.. firms.Select(firm => IntakeRequests.Request(firm.Company, firm.Key, s_idPlace))];
        _sent = new long[firms.Count];
    }

    /// <summary>How many were made for a firm.</summary>
    public long SentTo(int firm) => Interlocked.Read(ref _sent[firm]);

    /// <summary>When an event was sent.</summary>
    public static long SentAt(string id) => long.Parse(id.AsSpan(Prefix.Length, StampDigits), CultureInfo.InvariantCulture);

    /// <summary>One connection's source of requests, with the event's id; what it returns is valid until the next call.</summary>
    public Func<(string Id, ReadOnlyMemory<byte> Request)> Source()
    {
        var copies = _templates.Select(template => (byte[])template.Clone()).ToArray();
        var places = _templates.Select(template => template.AsSpan().IndexOf(Encoding.ASCII.GetBytes(s_idPlace))).ToArray();
        return () =>
        {
            var number = Interlocked.Increment(ref _last);
            var firm = (int)(number % copies.Length);
            Interlocked.Increment(ref _sent[firm]);
            var id = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Stopwatch.GetTimestamp():d19}_{number:d10}");
            Encoding.ASCII.GetBytes(id, copies[firm].AsSpan(places[firm]));
            return (id, copies[firm]);
        };
    }
}
