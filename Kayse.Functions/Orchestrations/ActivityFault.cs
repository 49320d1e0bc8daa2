using System.Text.RegularExpressions;
using Kayse.Core.Workflows;
using Microsoft.DurableTask;

namespace Kayse.Functions.Orchestrations;

/// <summary>Reads from a failed activity what may go on to its workflow.</summary>
internal static partial class ActivityFault
{
    /// <summary>
    /// The text that <see cref="ActivityFunction"/> failed with. It comes back in wrappings that differ between versions of the extension, and a fault of the platform brings
    /// a text that is not ours: only what has the form of our texts is taken.
    /// </summary>
    public static WorkflowActivityException Read(string activity, TaskFailedException fault)
    {
        for (var details = fault.FailureDetails; details is not null; details = details.InnerFailure)
        {
            if (OurText().Match(details.ErrorMessage ?? string.Empty) is { Success: true } text)
            {
                return new WorkflowActivityException(text.Value);
            }
        }

        return new WorkflowActivityException($"The activity '{activity}' failed outside its code.");
    }

    [GeneratedRegex(@"The activity '[\w.-]{1,100}' failed: [\w`]{1,200}\.|The result of activity '[\w.-]{1,100}' has \d+ bytes; \d+ are allowed\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OurText();
}
