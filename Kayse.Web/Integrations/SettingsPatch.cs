using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kayse.Core;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Web.Integrations;

/// <summary>Lays <c>{toggles, settings}</c> over a connection's: what is not named stays, what does not exist or does not fit is named.</summary>
public static class SettingsPatch
{
    private static readonly JsonSerializerOptions s_json = new(KayseJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    // What these hold is the admin's own names: each is given as a whole.
    private static readonly string[] s_tables = ["aliases", "renamedExtensions", "transliteration"];

    /// <summary>The changed connection to Law Ruler; the unchanged one when there are errors.</summary>
    public static LawRulerConnection Apply(LawRulerConnection connection, byte[] patch, out IReadOnlyList<FieldError> errors)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Apply(connection.Toggles, connection.Settings, patch, LawRulerSettingsRules.Check, out errors) is var (toggles, settings) ? connection with { Toggles = toggles, Settings = settings } : connection;
    }

    /// <summary>The changed connection to Lawmatics; the unchanged one when there are errors.</summary>
    public static LawmaticsConnection Apply(LawmaticsConnection connection, byte[] patch, out IReadOnlyList<FieldError> errors)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Apply(connection.Toggles, connection.Settings, patch, LawmaticsSettingsRules.Check, out errors) is var (toggles, settings) ? connection with { Toggles = toggles, Settings = settings } : connection;
    }

    private static (TToggles Toggles, TSettings Settings)? Apply<TToggles, TSettings>(
        TToggles toggles, TSettings settings, byte[] patch, Func<TSettings, IReadOnlyList<FieldError>> check, out IReadOnlyList<FieldError> errors)
        where TToggles : class
        where TSettings : class
    {
        var found = new List<FieldError>();
        errors = found;
        if (Parse(patch) is not { } given)
        {
            found.Add(new FieldError("body", "Expected a JSON object {toggles?: {…}, settings?: {…}}."));
            return null;
        }

        var current = new JsonObject
        {
            ["toggles"] = JsonSerializer.SerializeToNode(toggles, s_json),
            ["settings"] = JsonSerializer.SerializeToNode(settings, s_json),
        };
        Merge(current, given, string.Empty, found);
        if (found.Count > 0)
        {
            return null;
        }

        try
        {
            var changed = (Read<TToggles>(current, "toggles"), Read<TSettings>(current, "settings"));
            found.AddRange(check(changed.Item2));
            return found.Count == 0 ? changed : null;
        }
        catch (SettingException fault)
        {
            found.Add(fault.Error);
            return null;
        }
    }

    private static JsonObject? Parse(byte[] patch)
    {
        try
        {
            return JsonNode.Parse(patch) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Merge(JsonObject current, JsonObject given, string path, List<FieldError> errors)
    {
        try
        {
            foreach (var (name, value) in given)
            {
                var field = path.Length == 0 ? name : $"{path}.{name}";
                if (!current.ContainsKey(name))
                {
                    errors.Add(new FieldError(field, "There is no such setting."));
                }
                else if (current[name] is JsonObject inner && !s_tables.Contains(name))
                {
                    if (value is JsonObject innerGiven)
                    {
                        Merge(inner, innerGiven, field, errors);
                    }
                    else
                    {
                        errors.Add(new FieldError(field, "Expected an object."));
                    }
                }
                else if (current[name] is JsonArray && value is not JsonArray)
                {
                    errors.Add(new FieldError(field, "Expected a list."));
                }
                else
                {
                    current[name] = value?.DeepClone();
                }
            }
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            // A name that comes twice, or is no Unicode text.
            errors.Add(new FieldError(path.Length == 0 ? "body" : path, "A name in it comes twice or is not valid Unicode."));
        }
    }

    private static T Read<T>(JsonObject current, string name)
        where T : class
    {
        try
        {
            return current[name].Deserialize<T>(s_json) ?? throw new JsonException();
        }
        catch (JsonException fault)
        {
            var path = fault.Path is { Length: > 2 } inner ? $"{name}.{inner[2..]}" : name;
            throw new SettingException(new FieldError(path, "This value is not of the type that is expected here."));
        }
        catch (InvalidOperationException)
        {
            throw new SettingException(new FieldError(name, "A text in it is not valid Unicode."));
        }
    }

    private sealed class SettingException(FieldError error) : Exception(error.Field)
    {
        public FieldError Error => error;
    }
}
