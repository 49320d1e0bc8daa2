namespace Kayse.Tests.Torture;

/// <summary>Leads that Law Ruler posts itself, one post after the other, each with a number and many with another status; the last has the last word.</summary>
internal sealed class LeadPosts(StubbornClient client, string webhookUrl, int seed)
{
    private static readonly string[] s_statuses = ["New Lead", "Approved", "Not Retained", "Review Needed", "Converted to Case"];

    private readonly Dictionary<long, (string Status, string Number)> _last = [];
    private int _sent;

    /// <summary>What the last post of each lead said.</summary>
    public IReadOnlyDictionary<long, (string Status, string Number)> Last => _last;

    /// <summary>Posts a lead some times.</summary>
    public async Task PostAsync(long lead, int times)
    {
        var chance = new Random(seed ^ (int)lead);
        for (; times > 0; times--)
        {
            var (status, number) = (s_statuses[chance.Next(s_statuses.Length)], $"post{Interlocked.Increment(ref _sent)}");
            await client.PostAsync(webhookUrl, number, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Lead ID"] = $"{lead}",
                ["Contact ID"] = $"9{lead}",
                ["First Name"] = "Wilma",
                ["Last Name"] = "Brackenwood",
                ["Email"] = "wilma.brackenwood@example.com",
                ["Case Type"] = "Zantac",
                ["Status"] = status,
                ["Post Number"] = number,
            });
            lock (_last)
            {
                _last[lead] = (status, number);
            }
        }
    }
}
