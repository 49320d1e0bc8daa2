namespace Kayse.Tests.Torture;

/// <summary>People in the CRM: as soon as Kayse's status stands on one of their leads, they set another. It must stay, whatever Kayse knows of its own write by then.</summary>
internal sealed class Persons(StubbornClient client, string sandboxUrl)
{
    public const string Status = "Not Retained";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly List<long> _watched = [];
    private readonly List<long> _done = [];

    /// <summary>The leads whose status a person has set.</summary>
    public IReadOnlyList<long> Done => _done;

    /// <summary>Watches a lead.</summary>
    public void Watch(long lead)
    {
        lock (_gate)
        {
            _watched.Add(lead);
        }
    }

    /// <summary>Works until all watched leads have been seen to, after it is known that no more come.</summary>
    public async Task WorkAsync(Task noMore)
    {
        while (!noMore.IsCompleted || Watched().Count > 0)
        {
            foreach (var lead in Watched())
            {
                var found = await client.SendAsync(HttpMethod.Get, $"{sandboxUrl}/_sandbox/lawruler/demo/leads/{lead}");
                if (found.GetProperty("status").GetString() == TortureWorld.KayseStatus)
                {
                    await client.SendAsync(HttpMethod.Patch, $"{sandboxUrl}/_sandbox/lawruler/demo/leads/{lead}", new { status = Status });
                    Forget(lead);
                }
            }

            await Task.Delay(s_pause);
        }
    }

    private void Forget(long lead)
    {
        lock (_gate)
        {
            _watched.Remove(lead);
            _done.Add(lead);
        }
    }

    private List<long> Watched()
    {
        lock (_gate)
        {
            return [.. _watched];
        }
    }
}
