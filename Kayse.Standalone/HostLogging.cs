using Kayse.Web;
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

        logging.AddKayseFilters();
    }
}
