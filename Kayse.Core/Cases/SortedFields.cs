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

    /// <summary>These fields with others laid over them, as far as there is room.</summary>
    /// <param name="others">What is laid over.</param>
    /// <param name="maxCharacters">The most that all names and values may have together.</param>
    /// <param name="isFull">True when one found no room: its old value stays.</param>
    public SortedFields With(IEnumerable<KeyValuePair<string, string>> others, int maxCharacters, out bool isFull)
    {
        ArgumentNullException.ThrowIfNull(others);
        isFull = false;
        var merged = new SortedDictionary<string, string>(_values, StringComparer.Ordinal);
        var characters = merged.Sum(field => field.Key.Length + field.Value.Length);
        foreach (var (name, value) in others)
        {
            var after = characters + value.Length + (merged.TryGetValue(name, out var old) ? -old.Length : name.Length);
            if (after > maxCharacters)
            {
                isFull = true;
                continue;
            }

            (merged[name], characters) = (value, after);
        }

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
