using System.Text;
using System.Text.RegularExpressions;

namespace Kayse.Core.Storage;

/// <summary>Which messages <see cref="IQueue"/> takes, whatever the adapter.</summary>
public static partial class QueueRules
{
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_maxRetry = TimeSpan.FromMinutes(5);

    /// <summary>Throws when a message is not allowed.</summary>
    /// <exception cref="ArgumentException">A name, id or session is not of its form, or the body is too long; the message says which.</exception>
    public static void Check(QueueMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Check(message.Queue, Queue(), "A queue's name is 3 to 63 lower-case letters, digits and hyphens.");
        Check(message.Id, Id(), "A message's id is 1 to 128 letters, digits, '.', '_' and '-'.");
        Check(message.Session, Session(), "A session is {companyId}-{part}, the part 1 to 80 letters, digits, '_' and '-'.");
        if (message.Body is null || Encoding.UTF8.GetByteCount(message.Body) > QueueMessage.MaxBodyBytes)
        {
            throw new ArgumentException($"A message's body has at most {QueueMessage.MaxBodyBytes} bytes.", nameof(message));
        }
    }

    /// <summary>The wait after a message's try of this number (from 1) failed: 2 s, doubled with each further one, 5 min at most.</summary>
    public static TimeSpan RetryAfter(int tries)
    {
        var doubled = s_firstRetry.TotalSeconds * Math.Pow(2, tries - 1);
        return doubled < s_maxRetry.TotalSeconds ? TimeSpan.FromSeconds(doubled) : s_maxRetry;
    }

    /// <summary>Throws when one of several messages is not allowed.</summary>
    /// <exception cref="ArgumentException">As for one.</exception>
    public static void Check(IReadOnlyList<QueueMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var message in messages)
        {
            Check(message);
        }
    }

    private static void Check(string value, Regex form, string rule)
    {
        if (value is null || !form.IsMatch(value))
        {
            throw new ArgumentException(rule, nameof(value));
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{1,61}[a-z0-9]\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Queue();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,128}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"\A[a-z0-9]{1,32}-[A-Za-z0-9_-]{1,80}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Session();
}
