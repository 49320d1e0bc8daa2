using System.Net;
using Kayse.Core;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Sync;
using Kayse.Core.Webhooks;
using Kayse.Web.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Web;

/// <summary>The operator's settings, by the same names on every host, read at the start: what cannot be read is said then.</summary>
public static class OperatorSettings
{
    /// <summary>Adds them.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">Where they stand.</param>
    /// <param name="isDevelopment">Private destinations can be let through in Development alone.</param>
    /// <param name="clock">Measures how long a destination's name may take.</param>
    /// <param name="hosts">Law Ruler's hosts where no setting names others; null for the real ones.</param>
    /// <param name="lawmatics">Lawmatics' hosts where no setting names others; null for the real ones.</param>
    /// <param name="resolve">Resolves destinations' names; null for the system's resolver.</param>
    /// <exception cref="FormatException">A setting cannot be read; the message names it and says what is expected.</exception>
    public static IServiceCollection AddOperatorSettings(
        this IServiceCollection services,
        IConfiguration settings,
        bool isDevelopment,
        TimeProvider clock,
        LawRulerHosts? hosts = null,
        LawmaticsHosts? lawmatics = null,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        try
        {
            return services.AddSingleton(LawRuler(settings, hosts ?? new LawRulerHosts()))
                .AddSingleton(Lawmatics(settings, lawmatics ?? new LawmaticsHosts()))
                .AddSingleton(settings.GetSection("Retention").Get<RetentionPeriods>() ?? new RetentionPeriods())
                .AddSingleton(Destinations(settings, isDevelopment, clock, resolve))
                .AddSingleton(WebhookConfiguration.Read(settings))
                .AddSingleton(new PublicAddress(settings["Kayse:PublicUrl"]));
        }
        catch (InvalidOperationException fault)
        {
            throw new FormatException(fault.Message, fault);
        }
    }

    private static LawRulerHosts LawRuler(IConfiguration settings, LawRulerHosts hosts) => hosts with
    {
        PortalUrl = settings["LawRuler:PortalUrl"] ?? hosts.PortalUrl,
        AuthUrl = settings["LawRuler:AuthUrl"] ?? hosts.AuthUrl,
        ApiUrl = settings["LawRuler:ApiUrl"] ?? hosts.ApiUrl,
        Scope = settings["LawRuler:Scope"] ?? hosts.Scope,
    };

    private static LawmaticsHosts Lawmatics(IConfiguration settings, LawmaticsHosts hosts) => hosts with
    {
        AppUrl = settings["Lawmatics:AppUrl"] ?? hosts.AppUrl,
        ApiUrl = settings["Lawmatics:ApiUrl"] ?? hosts.ApiUrl,
        TokenUrl = settings["Lawmatics:TokenUrl"] ?? hosts.TokenUrl,
        RevokeUrl = settings["Lawmatics:RevokeUrl"] ?? hosts.RevokeUrl,
        Scope = settings["Lawmatics:Scope"] ?? hosts.Scope,
    };

    private static SafeDestination Destinations(IConfiguration settings, bool isDevelopment, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>>? resolve)
    {
        var allowPrivate = settings.GetValue("Outbound:AllowPrivateDestinations", true);
        // One by one: an array's binder leaves out in silence what it cannot read.
        int[] ports = [.. settings.GetSection("Outbound:Ports").GetChildren().Select(port => port.Get<int>())];
        return new SafeDestination(isDevelopment && allowPrivate, ports, resolve, clock);
    }
}
