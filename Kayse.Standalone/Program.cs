using System.Runtime.InteropServices;
using Kayse.Standalone;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(CommandLine.Help);
    return 0;
}

// Before the start, since Ctrl-C may come during it.
using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    var options = CommandLine.Parse(args, Environment.GetEnvironmentVariable);
    await using var host = await StandaloneHost.StartAsync(options, stopping.Token);
    StartupText.Write(host, options, Console.Out);
    await Task.Delay(Timeout.Infinite, stopping.Token);
    return 0;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0;
}
catch (StartException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    // The process ends by returning, once the data folder has been let go.
    signal.Cancel = true;
    stopping.Cancel();
}
