using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kayse.Core.Cases;

/// <summary>Named texts with value equality, so that a record that holds them can be compared with its successor.</summary>
[JsonConverter(typeof(Converter))]
public sealed class SortedFields : IEquatable<SortedFields>
{
    private readonly SortedDictionary<string, string> _values;

    private SortedFields(SortedDictionary<string, string> values) => _values = values;

    /// <summary>No fields.</summary>
    public static SortedFields Empty { get; } = new(new SortedDictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The fields by name.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>These fields with those of others laid over them that fit.</summary>
    /// <param name="others">The others.</param>
    /// <param name="maxCharacters">The most that names and values may have together.</param>
    /// <param name="left">The names of those that did not fit.</param>
    public SortedFields With(IEnumerable<KeyValuePair<string, string>> others, int maxCharacters, out IReadOnlyList<string> left)
    {
        ArgumentNullException.ThrowIfNull(others);
        var merged = new SortedDictionary<string, string>(_values, StringComparer.Ordinal);
        var characters = merged.Sum(pair => pair.Key.Length + pair.Value.Length);
        var outside = new List<string>();
        foreach (var (name, value) in others)
        {
            var with = characters + value.Length + (merged.TryGetValue(name, out var old) ? -old.Length : name.Length);
            if (with > maxCharacters)
            {
                outside.Add(name);
                continue;
            }

            characters = with;
            merged[name] = value;
        }

        left = outside;
        return new SortedFields(merged);
    }

    /// <inheritdoc/>
    public bool Equals(SortedFields? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SortedFields);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Count;

    /// <summary>Writes the fields as a JSON object.</summary>
    public sealed class Converter : JsonConverter<SortedFields>
    {
        /// <inheritdoc/>
        public override SortedFields Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var json = JsonDocument.ParseValue(ref reader);
            return Empty.With(json.RootElement.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, property.Value.GetString() ?? string.Empty)), int.MaxValue, out _);
        }

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, SortedFields value, JsonSerializerOptions options)
        {
            ArgumentNullException.ThrowIfNull(writer);
            ArgumentNullException.ThrowIfNull(value);
            writer.WriteStartObject();
            foreach (var (name, text) in value._values)
            {
                writer.WriteString(name, text);
            }

            writer.WriteEndObject();
        }
    }
}
