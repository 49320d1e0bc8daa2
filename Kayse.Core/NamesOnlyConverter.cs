using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kayse.Core;

/// <summary>An enumeration as one of its members' names. The default takes any number too, even one that is no member, and a list of names, which it adds up.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class NamesOnlyConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private readonly JsonConverter<T> _inner = (JsonConverter<T>)new JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false).CreateConverter(typeof(T), JsonSerializerOptions.Default);

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString()!.Contains(',', StringComparison.Ordinal)
            ? throw new JsonException()
            : _inner.Read(ref reader, typeToConvert, options);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => _inner.Write(writer, value, options);
}
