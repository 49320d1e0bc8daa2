namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Which values of the settings make sense.</summary>
public static class LawmaticsSettingsRules
{
    private const int MaxTags = 10;

    /// <summary>What is wrong with settings, by the name an admin knows.</summary>
    public static IReadOnlyList<FieldError> Check(LawmaticsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var errors = new List<FieldError>();
        foreach (var (name, value, min, max) in Numbers(settings))
        {
            if (!(value >= min && value <= max))
            {
                errors.Add(new FieldError($"settings.{name}", $"Expected a number from {min} to {max}."));
            }
        }

        CheckSync(settings.Sync, errors);
        CheckWebhook(settings.Webhook, errors);
        if (settings.Forms.BlockedComponents is null || settings.Forms.BlockedComponents.Count > MaxTags || !settings.Forms.BlockedComponents.All(IsText))
        {
            errors.Add(new FieldError("settings.forms.blockedComponents", $"Expected at most {MaxTags} texts of at most 100 characters."));
        }

        return errors;
    }

    private static void CheckSync(LawmaticsSyncSettings sync, List<FieldError> errors)
    {
        if (!IsText(sync.ActivityName))
        {
            errors.Add(new FieldError("settings.sync.activityName", "Expected a text of at most 100 characters."));
        }

        if (sync.Tags is null || sync.Tags.Count > MaxTags || !sync.Tags.All(IsText))
        {
            errors.Add(new FieldError("settings.sync.tags", $"Expected at most {MaxTags} texts of at most 100 characters."));
        }
    }

    private static void CheckWebhook(LawmaticsWebhookSettings webhook, List<FieldError> errors)
    {
        foreach (var (name, value) in new[] { ("signatureHeader", webhook.SignatureHeader), ("timestampHeader", webhook.TimestampHeader), ("eventIdHeader", webhook.EventIdHeader) })
        {
            if (!(value is { Length: > 0 and <= 100 } && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
            {
                errors.Add(new FieldError($"settings.webhook.{name}", "Expected a header's name: letters, digits, hyphens and underscores."));
            }
        }

        if (webhook.SignaturePrefix is not { Length: <= 20 } prefix || !prefix.All(c => c is > ' ' and <= '~'))
        {
            errors.Add(new FieldError("settings.webhook.signaturePrefix", "Expected at most 20 characters without spaces."));
        }

        if (webhook.UnverifiedStatus is not (401 or 200 or 202 or 204))
        {
            errors.Add(new FieldError("settings.webhook.unverifiedStatus", "Expected 401, 200, 202 or 204."));
        }

        if (webhook.Aliases is null || webhook.Aliases.Any(alias => !LawmaticsWebhookSettings.DefaultAliases.ContainsKey(alias.Key) || alias.Value is null || !alias.Value.All(IsText)))
        {
            errors.Add(new FieldError("settings.webhook.aliases", $"Expected lists of names by event, the events being some of: {string.Join(", ", LawmaticsWebhookSettings.DefaultAliases.Keys)}."));
        }
    }

    private static bool IsText(string? text) => !string.IsNullOrWhiteSpace(text) && text.Length <= 100 && !text.Any(char.IsControl);

    private static IEnumerable<(string Name, double Value, double Min, double Max)> Numbers(LawmaticsSettings settings) =>
    [
        ("requestsPerMinute", settings.RequestsPerMinute, 8, 6000), ("liveReservePercent", settings.LiveReservePercent, 0, 90), ("concurrency", settings.Concurrency, 1, 64),
        ("rateLimitWaitSeconds", settings.RateLimitWaitSeconds, 0.1, 3600), ("retryFirstSeconds", settings.RetryFirstSeconds, 0.05, 3600), ("retryMaxSeconds", settings.RetryMaxSeconds, 0.05, 86_400),
        ("retryWindowHours", settings.RetryWindowHours, 0.01, 720), ("settleSeconds", settings.SettleSeconds, 0, 3600), ("webhook.toleranceSeconds", settings.Webhook.ToleranceSeconds, 1, 86_400),
        ("webhook.secretOverlapHours", settings.Webhook.SecretOverlapHours, 0, 720), ("sync.maxFileMegabytes", settings.Sync.MaxFileMegabytes, 1, 1000), ("polling.minutes", settings.Polling.Minutes, 5, 1440), ("polling.overlapMinutes", settings.Polling.OverlapMinutes, 0, 1440),
    ];
}
