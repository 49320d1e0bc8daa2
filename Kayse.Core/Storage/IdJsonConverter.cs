using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kayse.Core.Storage;

/// <summary>Writes a typed id as its text.</summary>
/// <typeparam name="T">The id.</typeparam>
public sealed class IdJsonConverter<T> : JsonConverter<T>
    where T : struct, IParsable<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.TryParse(reader.GetString(), null, out var id) ? id : throw new JsonException($"Not a {typeof(T).Name}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
