using Kayse.Core.Events;
using Kayse.Core.Storage;

namespace Kayse.Core.Webhooks;

/// <summary>What a subscription must be like (docs.kayse.ai, "Webhooks"). Its destination is checked apart, since that asks the network.</summary>
public static class SubscriptionRules
{
    /// <summary>Characters of an App Key at the most.</summary>
    public const int MaxAppKey = 500;

    private const int MinName = 3;
    private const int MaxText = 100;
    private const int MaxUrl = 2000;
    private const int MaxItems = 100;

    /// <summary>The event types that may be chosen.</summary>
    public static IReadOnlyList<string> Types => SampleEvents.Types;

    /// <summary>What is wrong, field by field.</summary>
    public static IReadOnlyList<FieldError> Check(Subscription subscription)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        var errors = new List<FieldError>();
        if (subscription.Name.Length is < MinName or > MaxText || subscription.Name.Any(char.IsControl))
        {
            errors.Add(new FieldError("name", $"Expected a name of {MinName} to {MaxText} characters."));
        }

        if (subscription.Url.Length is 0 or > MaxUrl)
        {
            errors.Add(new FieldError("url", $"Expected the https address that deliveries go to, at most {MaxUrl} characters."));
        }

        CheckItems("events", subscription.Events, Types.Contains, $"Expected one of: {string.Join(", ", Types)}.", errors);
        CheckItems("caseTypes", subscription.CaseTypes, type => type.Length is > 0 and <= MaxText && !type.Any(char.IsControl), $"Expected the name of a case type, at most {MaxText} characters.", errors);
        CheckItems("campaigns", subscription.Campaigns, Ids.IsValid, "Expected the id of a campaign: 1 to 64 letters, digits, hyphens and underscores.", errors);
        if (subscription.Campaigns.Count > 0 && subscription.Events.Count == 0)
        {
            errors.Add(new FieldError("campaigns", "A campaign filter works with call events only, and no events chosen means all of them. Choose the call events, or take the campaigns away."));
        }
        else if (subscription.Campaigns.Count > 0 && subscription.Events.FirstOrDefault(EventTypes.Messages.Contains) is { } message)
        {
            errors.Add(new FieldError("campaigns", $"A campaign filter works with call events only: {message} belongs to no campaign. Take it out of the events, or take the campaigns away."));
        }

        return errors;
    }

    /// <summary>What is wrong with an App Key, or null: it is sent as a header.</summary>
    public static FieldError? CheckAppKey(string appKey)
    {
        ArgumentNullException.ThrowIfNull(appKey);
        return appKey.Length is > 0 and <= MaxAppKey && appKey.All(c => c is > ' ' and <= '~')
            ? null
            : new FieldError("appKey", $"Expected 1 to {MaxAppKey} letters, digits and signs without spaces, or null for none.");
    }

    private static void CheckItems(string field, IReadOnlyList<string> items, Func<string, bool> isValid, string expected, List<FieldError> errors)
    {
        if (items.Count > MaxItems)
        {
            errors.Add(new FieldError(field, $"Expected at most {MaxItems}; none means all."));
            return;
        }

        for (var i = 0; i < items.Count; i++)
        {
            if (!isValid(items[i]))
            {
                errors.Add(new FieldError($"{field}[{i}]", expected));
            }
        }
    }
}
