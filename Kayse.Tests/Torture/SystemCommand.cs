using System.Diagnostics;

namespace Kayse.Tests.Torture;

/// <summary>A command of the system's.</summary>
internal static class SystemCommand
{
    /// <summary>Runs it; false when it fails.</summary>
    public static bool TryRun(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, UseShellExecute = false })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
