using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kayse.Tests.Web;

/// <summary>One hostile request: what of it is chosen by chance.</summary>
public sealed record FuzzInput(string Id, string Query, string? ContentType, byte[] Body, string Accept, string Oddity)
{
    private static readonly string[] s_names =
    [
        "id", "name", "role", "timeZone", "toggles", "settings", "webhook", "aliases", "enableIntegration", "requiredFields", "username", "password", "clientRoot", "clientSecret", "key", "value",
        "entries", "kayse", "crm", "fields", "from", "to", "fromStep", "type", "occurredAt", "companyId", "data", "case", "call", "call_id", "externalSourceId", "call_analysis", "Lead ID", "Status", "Email",
        "Phone", "Date of Birth", "", " ", "\u0000", "$", "a.b", "\u00e9", "\ud83d\ude00",
    ];

    private static readonly string[] s_texts =
    [
        "demo", "711551", "call_analyzed", "2026-11-20T15:05:10Z", "America/New_York", "admin", "campaign_call", "analysis.x", "FirstName", "https://demo.lawruler.com", "", " ", ".", "null", "{{default95}}-x",
        "'; DROP TABLE entity; --", "<script>alert(1)</script>", "=1+1", "\u0000", "\r\nX-Injected: yes", "../../etc/passwd", "\u202e\u200f", "\ud83d\ude00", "9999-12-31T23:59:59.9999999+14:00", "0001-01-01", "1e400", "1/2/3",
    ];

    private static readonly string[] s_wrongTexts = ["\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\\ud83d\"", "\"\\u0000\""];

    private static readonly string[] s_numbers = ["0", "-1", "1e400", "-1e400", "1e-400", "99999999999999999999999999", "0.1", "253402300799999", "2147483648", "-9223372036854775809"];

    private static readonly string[] s_ids =
    [
        "x", "demo", "%01", "%0A%0D", "%7F", "%2F", "%5C", "a%2Fb", "%23", "%3F", "..", "%2E%2E", "%2e%2e%2f%2e%2e", "%C3%A9", "%F0%9F%98%80", "%EF%BF%BE", "%C2%80", "%E2%80%AE", "%ff", "%25", "%2500", "%20", "*",
        "aud_", "_", "~", "'", "%22", "case_ffffffffffffffffffffffffffffffff", "postcall.call_9f2", new string('a', 64), new string('a', 65), new string('a', 600), new string('%', 3),
    ];

    private static readonly string[] s_queries =
    [
        "", "?", "?limit=0", "?limit=101", "?limit=abc", "?limit=100&after=zzz", "?after=%00", "?after=..", "?after=%2F", "?after=~", "?after=aud_", "?limit=1&limit=2", "?after=a&after=b", "?state=running", "?state=%F0%9F%98%80",
        "?format=csv", "?format=csv&format=csv", "?&&==&=", "?token=webhook-token-of-the-tests", "?token=webhook-token-of-the-tests&Lead%20ID=%00&Status=%ff", "?token=x", "?token=webhook-token-of-the-tests&list_id=%2F&campaign_id=..&list_action=%0A",
        "?documentName=x",
    ];

    private static readonly string?[] s_types =
    [
        null, "application/json", "application/json; charset=utf-16", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=b", "multipart/form-data; boundary=\"\"", "multipart/mixed; boundary=b",
        "application/octet-stream", "x", "application/json; charset=\"", "application/xml",
    ];

    private static readonly string[] s_oddities = ["", "", "", "chunked", "gzip", "expect", "cookie", "key-bytes", "method-override", "host"];

    /// <summary>All of it, by chance.</summary>
    public static Gen<FuzzInput> Generator { get; } =
        from id in Gen.Elements(s_ids)
        from query in Gen.Elements(s_queries)
        from type in Gen.Elements(s_types)
        from body in Gen.OneOf(JsonBodies(), FormBodies(), MultipartBodies(), Bytes(), SizedBodies())
        from accept in Gen.Elements("*/*", "application/json", "text/html", "x/y;q=0")
        from oddity in Gen.Elements(s_oddities)
        select new FuzzInput(id, query, type, body, accept, oddity);

    /// <inheritdoc/>
    public override string ToString() =>
        $"id {Id}, query {Query}, type {ContentType}, accept {Accept}, {Oddity}, {Body.Length} bytes: {Convert.ToBase64String(Body.AsSpan(0, Math.Min(Body.Length, 3000)))}";

    /// <summary>JSON trees: of known and odd names, sometimes twice, of every kind of value.</summary>
    public static Gen<string> Json(int depth) => depth == 0
        ? Gen.OneOf(Gen.Elements(s_texts).Select(Quote), Gen.Elements(s_wrongTexts), Gen.Elements(s_numbers), Gen.Elements("true", "false", "null", "{}", "[]"))
        : Gen.Frequency(
            (2, Json(0)),
            (4, Gen.ListOf(Gen.Elements(s_names).SelectMany(name => Json(depth - 1), (name, value) => $"{Quote(name)}:{value}")).Select(members => $"{{{string.Join(',', members.Take(12))}}}")),
            (1, Gen.ListOf(Json(depth - 1)).Select(items => $"[{string.Join(',', items.Take(12))}]")),
            (1, Gen.Elements("{\"id\":1,\"id\":\"x\"}", "{\"\\ud800\":1}", "{\"data\":{\"\\udfff\":\"x\"}}")));

    private static Gen<byte[]> JsonBodies() =>
        from json in Json(4)
        from harm in Gen.Elements("", "", "", "cut", "deep", "bom", "latin1", "comment")
        select Harm(json, harm);

    private static byte[] Harm(string json, string harm) => harm switch
    {
        "cut" => Encoding.UTF8.GetBytes(json[..(json.Length / 2)]),
        "deep" => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"data\":[", 40)) + json + string.Concat(Enumerable.Repeat("]}", 40))),
        "bom" => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(json)],
        "latin1" => Encoding.Latin1.GetBytes(json),
        "comment" => Encoding.UTF8.GetBytes($"{json} // a comment"),
        _ => Encoding.UTF8.GetBytes(json),
    };

    private static Gen<byte[]> FormBodies() =>
        Gen.ListOf(Gen.Elements(s_names).SelectMany(name => Gen.Elements(s_texts), (name, value) => $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}"))
            .SelectMany(pairs => Gen.Elements("", "&%", "&%zz=1", "&=", "&a=%ff%fe"), (pairs, tail) => Encoding.UTF8.GetBytes("Lead ID=77&" + string.Join('&', pairs) + tail));

    private static Gen<byte[]> MultipartBodies() =>
        from names in Gen.ListOf(Gen.Elements(s_names))
        from value in Gen.Elements(s_texts)
        from file in Gen.Elements("", "; filename=\"a.pdf\"", "; filename*=UTF-8''%ff", "; filename=\"\u00e9\\\"\"", "; filename=" + new string('x', 300))
        from end in Gen.Elements("--b--\r\n", "--b", "", "--b--\r\n--b\r\n")
        select Encoding.UTF8.GetBytes(string.Concat(names.Select(name => $"--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")) + end);

    private static Gen<byte[]> Bytes() => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf();

    private static Gen<byte[]> SizedBodies() =>
        from size in Gen.Elements(16 * 1024, (256 * 1024) - 10, 256 * 1024, (256 * 1024) + 1, (1024 * 1024) - 40, 1024 * 1024, (1024 * 1024) + 1)
        from c in Gen.Elements('a', '<', '\u00e9', '\u0001', ' ')
        from form in Gen.Elements("{{\"name\":\"{0}\"}}", "Lead ID=78&First Name=A&Last Name=B&Contact ID=5&Email=&Case Type=&Status=&Description={0}", "{{\"{0}\":1}}", "{0}")
        select Encoding.UTF8.GetBytes(string.Format(CultureInfo.InvariantCulture, form, new string(c, Math.Max(1, (size - form.Length) / Encoding.UTF8.GetByteCount([c])))));

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
