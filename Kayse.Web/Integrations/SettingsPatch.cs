using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kayse.Core;
using Kayse.Core.Connectors.LawRuler;

namespace Kayse.Web.Integrations;

/// <summary>Lays <c>{toggles, settings}</c> over a connection's: what is not named stays, what does not exist or does not fit is named.</summary>
public static class SettingsPatch
{
    private static readonly JsonSerializerOptions s_json = new(KayseJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    // What these hold is the admin's own names: each is given as a whole.
    private static readonly string[] s_tables = ["aliases", "renamedExtensions", "transliteration"];

    /// <summary>The changed connection; the unchanged one when there are errors.</summary>
    public static LawRulerConnection Apply(LawRulerConnection connection, byte[] patch, out IReadOnlyList<FieldError> errors)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var found = new List<FieldError>();
        errors = found;
        if (Parse(patch) is not { } given)
        {
            found.Add(new FieldError("body", "Expected a JSON object {toggles?: {…}, settings?: {…}}."));
            return connection;
        }

        var current = new JsonObject
        {
            ["toggles"] = JsonSerializer.SerializeToNode(connection.Toggles, s_json),
            ["settings"] = JsonSerializer.SerializeToNode(connection.Settings, s_json),
        };
        Merge(current, given, string.Empty, found);
        if (found.Count > 0)
        {
            return connection;
        }

        try
        {
            var changed = connection with
            {
                Toggles = Read<LawRulerToggles>(current, "toggles"),
                Settings = Read<LawRulerSettings>(current, "settings"),
            };
            found.AddRange(LawRulerSettingsRules.Check(changed.Settings));
            return found.Count == 0 ? changed : connection;
        }
        catch (SettingException fault)
        {
            found.Add(fault.Error);
            return connection;
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
