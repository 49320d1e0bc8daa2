using System.Globalization;
using Kayse.Core.Webhooks;
using Microsoft.Extensions.Configuration;

namespace Kayse.Web.Webhooks;

/// <summary>Reads the operator's settings of webhooks, at the start: what cannot be read is said then, not at the first delivery.</summary>
public static class WebhookConfiguration
{
    /// <summary>Reads the section <c>Webhooks</c>.</summary>
    /// <exception cref="FormatException">A setting cannot be read; the message names it and says what is expected.</exception>
    public static WebhookSettings Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection("Webhooks");
        var defaults = new WebhookSettings();
        return defaults with
        {
            Retries = Retries(section["RetryDelays"]) ?? defaults.Retries,
            SignatureFormat = Format(section["SignatureFormat"]),
            SecretOverlap = TimeSpan.FromHours(Number(section, "SecretOverlapHours", defaults.SecretOverlap.TotalHours, 0, 24 * 30)),
            RatePerSecond = Number(section, "RatePerSecond", defaults.RatePerSecond, 0.01, 100_000),
            Concurrency = (int)Number(section, "Concurrency", defaults.Concurrency, 1, 256),
            AttentionAfter = OrNever(TimeSpan.FromHours(Number(section, "AttentionAfterHours", defaults.AttentionAfter!.Value.TotalHours, 0, 24 * 365))),
            DisableAfter = OrNever(TimeSpan.FromDays(Number(section, "DisableAfterDays", defaults.DisableAfter!.Value.TotalDays, 0, 365))),
        };
    }

    private static RetrySchedule? Retries(string? text)
    {
        try
        {
            return text is null ? null : new RetrySchedule(text);
        }
        catch (FormatException fault)
        {
            throw new FormatException($"Webhooks:RetryDelays: {fault.Message}", fault);
        }
    }

    private static SignatureFormat Format(string? text) => text switch
    {
        null or "hex" => SignatureFormat.Hex,
        "sha256=hex" => SignatureFormat.PrefixedHex,
        "base64" => SignatureFormat.Base64,
        "t,v1" => SignatureFormat.Timestamped,
        "v,d" => SignatureFormat.Retell,
        _ => throw new FormatException($"Webhooks:SignatureFormat is '{text}'. Expected hex, sha256=hex, base64, t,v1 or v,d."),
    };

    private static TimeSpan? OrNever(TimeSpan time) => time == TimeSpan.Zero ? null : time;

    private static double Number(IConfigurationSection section, string name, double otherwise, double least, double most) =>
        section[name] is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"Webhooks:{name} is '{text}'. Expected a number from {least} to {most}."));
}
