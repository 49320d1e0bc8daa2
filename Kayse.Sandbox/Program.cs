using System.Runtime.InteropServices;
using Kayse.Sandbox;

try
{
    await using var sandbox = await SandboxServer.StartAsync(CommandLine.Parse(args));
    var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    Console.WriteLine($"Sandbox: {sandbox.Url}");
    await stopped.Task;
    return 0;

    void Stop(PosixSignalContext signal)
    {
        // The state file has still to be written, so the process must not end by itself here.
        signal.Cancel = true;
        stopped.TrySetResult();
    }
}
catch (SandboxStartException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
