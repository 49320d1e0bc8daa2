using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure;
using Azure.Core;

namespace Kayse.Functions.Tests.Azure;

/// <summary>What a service answered.</summary>
public sealed class Answer(int status, string? etag = null, string? body = null) : Response
{
    public override int Status => status;

    public override string ReasonPhrase => "";

    public override Stream? ContentStream { get; set; } = body is null ? null : new MemoryStream(Encoding.UTF8.GetBytes(body));

    public override string ClientRequestId { get; set; } = "";

    public static RequestFailedException Fault(int status, string? code) => new(status, "personal data", code, null);

    public override void Dispose()
    {
    }

    protected override bool ContainsHeader(string name) => TryGetHeader(name, out _);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => etag is null ? [] : [new HttpHeader("ETag", etag)];

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = name == "ETag" ? etag : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }
}

/// <summary>An answer to a question that may have none.</summary>
public sealed class Nullable<T>(T? value) : NullableResponse<T>
    where T : class
{
    public override bool HasValue => value is not null;

    public override T? Value => value;

    public override Response GetRawResponse() => new Answer(value is null ? 404 : 200);
}
