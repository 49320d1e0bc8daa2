using Microsoft.Extensions.Logging;

namespace Kayse.Web;

/// <summary>What never goes into a log, whatever host writes it.</summary>
public static class LogFilters
{
    /// <summary>Keeps out what the framework would log of requests.</summary>
    public static ILoggingBuilder AddKayseFilters(this ILoggingBuilder logging) => logging
        .AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Azure", LogLevel.Warning)
        // These write whole URLs, and exceptions whose texts may hold what a request carried, whatever level a setting asks for.
        .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
        .AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.None);
}
