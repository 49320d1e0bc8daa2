using System.Text.RegularExpressions;

namespace Kayse.Core.Workflows;

/// <summary>What every workflow engine enforces alike.</summary>
public static partial class WorkflowLimits
{
    /// <summary>UTF-8 bytes of an input, a result or an event: payloads are ids and outcomes.</summary>
    public const int MaxPayloadBytes = 8 * 1024;

    private const int MaxIdLength = 200;

    /// <summary>Refuses an instance's id of another form than <see cref="IWorkflowEngine"/> says.</summary>
    /// <exception cref="ArgumentException">It is not allowed.</exception>
    public static void RequireId(string instanceId)
    {
        ArgumentNullException.ThrowIfNull(instanceId);
        if (instanceId.Length > MaxIdLength || !IdForm().IsMatch(instanceId))
        {
            throw new ArgumentException($"An instance's id is company.kind.subject of letters, digits and . _ -, at most {MaxIdLength} characters.", nameof(instanceId));
        }
    }

    /// <summary>Refuses a payload from outside that is too large.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="name">The caller's name for it.</param>
    /// <exception cref="ArgumentException">It is too large.</exception>
    public static void RequireSize(ReadOnlyMemory<byte> payload, string name)
    {
        if (payload.Length > MaxPayloadBytes)
        {
            throw new ArgumentException($"The payload has {payload.Length} bytes; {MaxPayloadBytes} are allowed.", name);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9._-]+\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdForm();
}
