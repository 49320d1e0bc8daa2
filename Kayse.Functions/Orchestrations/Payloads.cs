using System.Runtime.InteropServices;
using System.Text.Json;

namespace Kayse.Functions.Orchestrations;

/// <summary>
/// Payloads cross Durable as <see cref="JsonElement"/>, which every serializer of a worker writes as it stands: how a value is written is the catalog's matter alone.
/// </summary>
internal static class Payloads
{
    public static JsonElement ToElement(ReadOnlyMemory<byte> utf8Json) => JsonElement.Parse(utf8Json.Span);

    // No result is an element of no kind, which has no text.
    public static ReadOnlyMemory<byte> ToUtf8(JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? "null"u8.ToArray() : JsonMarshal.GetRawUtf8Value(element).ToArray();
}
