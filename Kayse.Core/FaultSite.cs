using System.Diagnostics;

namespace Kayse.Core;

/// <summary>Where an exception came from, for the log: an exception's text may hold personal data and is never logged.</summary>
public static class FaultSite
{
    /// <summary>The innermost methods of our own that the fault went through, and the line where it is known.</summary>
    public static string Of(Exception fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var frames = new StackTrace(fault, fNeedFileInfo: true).GetFrames()
            .Where(frame => frame.GetMethod()?.DeclaringType?.FullName?.StartsWith("Kayse.", StringComparison.Ordinal) == true)
            .Take(3)
            .Select(frame => $"{frame.GetMethod()!.DeclaringType!.FullName}:{frame.GetFileLineNumber()}");
        return string.Join(" < ", frames);
    }
}
