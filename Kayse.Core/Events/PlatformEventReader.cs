using System.Globalization;
using System.Text.Json;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Events;

/// <summary>Reads event envelopes and names every field that is not as it should be.</summary>
public static class PlatformEventReader
{
    /// <summary>Events in one request.</summary>
    public const int MaxEvents = 100;

    /// <summary>Reads one envelope, or an array of up to <see cref="MaxEvents"/>.</summary>
    /// <param name="json">What was sent.</param>
    /// <param name="errors">What is wrong; when it is not empty, nothing may be taken.</param>
    public static IReadOnlyList<PlatformEvent> Read(JsonElement json, out IReadOnlyList<FieldError> errors)
    {
        var found = new List<FieldError>();
        errors = found;
        if (json.ValueKind == JsonValueKind.Object)
        {
            return ReadOne(json, string.Empty, found) is { } one ? [one] : [];
        }

        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() is 0 or > MaxEvents)
        {
            found.Add(new FieldError("body", $"Send one event (a JSON object) or an array of 1 to {MaxEvents} events."));
            return [];
        }

        var events = json.EnumerateArray().Select((item, i) => ReadOne(item, $"events[{i}]", found)).OfType<PlatformEvent>().ToList();
        var seen = new HashSet<(CompanyId, EventId)>();
        for (var i = 0; found.Count == 0 && i < events.Count; i++)
        {
            if (!seen.Add((events[i].CompanyId, events[i].Id)))
            {
                found.Add(new FieldError($"events[{i}].id", "This id stands in the request twice."));
            }
        }

        return events;
    }

    private static PlatformEvent? ReadOne(JsonElement json, string path, List<FieldError> errors)
    {
        try
        {
            return ReadText(json, path, errors);
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            // A lone surrogate: it could be neither stored nor sent on.
            errors.Add(new FieldError(path.Length == 0 ? "body" : path, "A name or text in it is not valid Unicode."));
            return null;
        }
    }

    private static PlatformEvent? ReadText(JsonElement json, string path, List<FieldError> errors)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            errors.Add(new FieldError(path, "An event is a JSON object."));
            return null;
        }

        var before = errors.Count;
        var id = Parsed<EventId>(json, path, "id", "1 to 64 letters, digits, hyphens and underscores", errors);
        var company = Parsed<CompanyId>(json, path, "companyId", "a company id: 1 to 32 lower-case letters and digits", errors);
        var type = Text(json, path, "type", required: true, errors);
        if (type is not null && (type.Length > 64 || type.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-'))))
        {
            errors.Add(At(path, "type", "Expected an event type of at most 64 letters, digits, '_', '-' and '.', e.g. call_analyzed."));
        }

        var occurredAt = Time(json, path, errors);
        var eventCase = Case(json, path, errors);
        if (!json.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
        {
            errors.Add(At(path, "data", "Expected a JSON object with what the event carries."));
        }
        else
        {
            CallEventChecks.Check(type, data, path, errors);
        }

        return errors.Count > before ? null : new PlatformEvent(id, type!, occurredAt, company, eventCase, data, JsonText.Compact(json));
    }

    private static EventCase? Case(JsonElement json, string path, List<FieldError> errors)
    {
        if (!json.TryGetProperty("case", out var given) || given.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            errors.Add(At(path, "case", "Expected an object {id?, externalSource?, externalSourceId?, caseType?}."));
            return null;
        }

        var read = new EventCase(
            Text(given, Join(path, "case"), "id", required: false, errors),
            Text(given, Join(path, "case"), "externalSource", required: false, errors),
            Text(given, Join(path, "case"), "externalSourceId", required: false, errors),
            Text(given, Join(path, "case"), "caseType", required: false, errors));
        foreach (var (name, value) in new[] { ("id", read.Id), ("externalSourceId", read.ExternalSourceId), ("externalSource", read.ExternalSource) })
        {
            if (value is not null && !Ids.IsValid(value))
            {
                errors.Add(At(Join(path, "case"), name, "Expected 1 to 64 letters, digits, hyphens and underscores."));
            }
        }

        return read;
    }

    private static T Parsed<T>(JsonElement json, string path, string name, string expected, List<FieldError> errors)
        where T : struct, IParsable<T>
    {
        var text = Text(json, path, name, required: true, errors);
        if (T.TryParse(text, null, out var id))
        {
            return id;
        }

        if (text is not null)
        {
            errors.Add(At(path, name, $"Expected {expected}."));
        }

        return default;
    }

    private static DateTimeOffset Time(JsonElement json, string path, List<FieldError> errors)
    {
        var text = Text(json, path, "occurredAt", required: true, errors);
        if (text is null)
        {
            return default;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year > 2000)
        {
            return time;
        }

        errors.Add(At(path, "occurredAt", "Expected a time such as 2026-11-20T15:05:10Z."));
        return default;
    }

    private static string? Text(JsonElement json, string path, string name, bool required, List<FieldError> errors)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            if (required)
            {
                errors.Add(At(path, name, "This field is required."));
            }

            return null;
        }

        if (JsonText.String(value) is { } text)
        {
            return text;
        }

        errors.Add(At(path, name, "Expected a text."));
        return null;
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static FieldError At(string path, string name, string message) => new(Join(path, name), message);
}
