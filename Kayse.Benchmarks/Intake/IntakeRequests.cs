using System.Globalization;
using System.Text;

namespace Kayse.Benchmarks.Intake;

/// <summary>Requests that each bring an event of 1 kB with an id of its own, of many firms in turn.</summary>
internal sealed class IntakeRequests
{
    /// <summary>How many bytes an event has.</summary>
    public const int EventBytes = 1024;

    private const string IdPlace = "evt_0000000000000000";

    private readonly byte[][] _templates;
    private long _last;

    /// <summary>Requests of the given firms.</summary>
    /// <param name="keys">A firm's id and its platform key, each.</param>
    /// <param name="firstId">The number of the first event.</param>
    public IntakeRequests(IReadOnlyList<(string Company, string Key)> keys, long firstId)
    {
        _templates = [.. keys.Select(firm => Request(firm.Company, firm.Key, IdPlace))];
        _last = firstId - 1;
    }

    /// <summary>The number of the next event.</summary>
    public long Next => Interlocked.Read(ref _last) + 1;

    /// <summary>One connection's source of requests; what it returns is valid until the next call.</summary>
    public Func<ReadOnlyMemory<byte>> Source()
    {
        var copies = _templates.Select(template => (byte[])template.Clone()).ToArray();
        var places = _templates.Select(template => template.AsSpan().IndexOf(Encoding.ASCII.GetBytes(IdPlace)) + 4).ToArray();
        return () =>
        {
            var number = Interlocked.Increment(ref _last);
            var firm = (int)(number % copies.Length);
            number.TryFormat(copies[firm].AsSpan(places[firm], IdPlace.Length - 4), out _, "d16", CultureInfo.InvariantCulture);
            return copies[firm];
        };
    }

    /// <summary>The event itself.</summary>
    public static string Event(string company, string id)
    {
        var start = $$"""{"id":"{{id}}","type":"task_completed","occurredAt":"2026-11-20T15:05:10Z","companyId":"{{company}}","case":{"externalSource":"lawruler","externalSourceId":"711551","caseType":"Zantac"},"data":{"task":{"id":"task_71","title":"Send the questionnaire","done_by":"intake team"},"note":" """;
        const string end = "\"}}";
        return start.TrimEnd() + new string('n', EventBytes - start.TrimEnd().Length - end.Length) + end;
    }

    /// <summary>A whole request that brings one event.</summary>
    public static byte[] Request(string company, string key, string id)
    {
        var body = Event(company, id);
        return Encoding.ASCII.GetBytes($"POST /api/events HTTP/1.1\r\nHost: localhost\r\nX-API-KEY: {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
