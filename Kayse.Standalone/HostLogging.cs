using Microsoft.Extensions.Logging.Console;

namespace Kayse.Standalone;

/// <summary>Where the log goes and what never goes into it.</summary>
public static class HostLogging
{
    /// <summary>Sets up the log: one line an entry; nothing of the web server's below a warning.</summary>
    public static void Configure(ILoggingBuilder logging, ILoggerProvider? instead)
    {
        ArgumentNullException.ThrowIfNull(logging);
        logging.ClearProviders();
        if (instead is null)
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }
        else
        {
            logging.AddProvider(instead);
        }

        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        // These write whole URLs, and exceptions whose texts may hold what a request carried, whatever level a setting asks for.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
    }
}
