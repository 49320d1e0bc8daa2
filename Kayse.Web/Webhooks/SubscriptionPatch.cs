using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Webhooks;

namespace Kayse.Web.Webhooks;

/// <summary>Lays what was sent over a subscription: what is not named stays, what does not exist or does not fit is named.</summary>
/// <param name="Subscription">The changed subscription.</param>
/// <param name="SetsAppKey">True when an App Key, or null for none, was sent.</param>
/// <param name="AppKey">The App Key that was sent.</param>
/// <param name="Errors">What is wrong; when it is not empty, nothing may be saved.</param>
public sealed record SubscriptionPatch(Subscription Subscription, bool SetsAppKey, string? AppKey, IReadOnlyList<FieldError> Errors)
{
    /// <summary>Lays a JSON object over a subscription and checks the result.</summary>
    public static SubscriptionPatch Apply(Subscription subscription, JsonElement given)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        var errors = new List<FieldError>();
        if (given.ValueKind != JsonValueKind.Object)
        {
            return new SubscriptionPatch(subscription, false, null, [new FieldError("body", "Expected a JSON object.")]);
        }

        var (after, setsAppKey, appKey) = (subscription, false, (string?)null);
        foreach (var property in given.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "name":
                    after = after with { Name = Text(value, "name", errors).Trim() };
                    break;
                case "url":
                    after = after with { Url = Text(value, "url", errors).Trim() };
                    break;
                case "events":
                    after = after with { Events = Texts(value, "events", errors) };
                    break;
                case "caseTypes":
                    after = after with { CaseTypes = Texts(value, "caseTypes", errors) };
                    break;
                case "campaigns":
                    after = after with { Campaigns = Texts(value, "campaigns", errors) };
                    break;
                case "active" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    after = after with { Active = value.GetBoolean() };
                    break;
                case "active":
                    errors.Add(new FieldError("active", "Expected true or false."));
                    break;
                case "appKey":
                    (setsAppKey, appKey) = (true, value.ValueKind == JsonValueKind.Null ? null : Text(value, "appKey", errors).Trim());
                    after = after with { HasAppKey = appKey is not null };
                    break;
                default:
                    errors.Add(new FieldError(property.Name, "There is no such field. Expected name, url, events, caseTypes, campaigns, appKey and active."));
                    break;
            }
        }

        if (errors.Count == 0)
        {
            errors.AddRange(SubscriptionRules.Check(after));
            errors.AddRange(appKey is null ? [] : SubscriptionRules.CheckAppKey(appKey) is { } error ? [error] : []);
        }

        return new SubscriptionPatch(after, setsAppKey, appKey, errors);
    }

    private static string Text(JsonElement value, string field, List<FieldError> errors)
    {
        if (JsonText.String(value) is { } text)
        {
            return text;
        }

        errors.Add(new FieldError(field, "Expected a text."));
        return string.Empty;
    }

    private static List<string> Texts(JsonElement value, string field, List<FieldError> errors)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(new FieldError(field, "Expected a list of texts; an empty one means all."));
            return [];
        }

        return [.. value.EnumerateArray().Select((item, i) => Text(item, $"{field}[{i}]", errors).Trim()).Distinct(StringComparer.Ordinal)];
    }
}
