using System.Runtime.InteropServices;
using Kayse.Standalone;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(CommandLine.Help);
    return 0;
}

try
{
    var options = CommandLine.Parse(args, Environment.GetEnvironmentVariable);
    await using var host = await StandaloneHost.StartAsync(options);
    var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    StartupText.Write(host, options, Console.Out);
    await stopped.Task;
    return 0;

    void Stop(PosixSignalContext signal)
    {
        // The process ends by returning from here, once the data folder has been let go.
        signal.Cancel = true;
        stopped.TrySetResult();
    }
}
catch (StartException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
