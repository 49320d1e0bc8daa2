using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Tests.Web;

/// <summary>A route of the host's, found by walking its endpoints, so that a new one is tested without being named in a test.</summary>
public sealed record MappedRoute(string Method, string Template)
{
    private const string Company = "/api/companies/{company}";

    /// <summary>True for the routes of one firm.</summary>
    public bool IsOfACompany => Template == Company || Template.StartsWith($"{Company}/", StringComparison.Ordinal);

    /// <summary>True for what only the operator may do, as the contract says.</summary>
    public bool IsForOperators =>
        Template is "/api/companies" or Company
        || Template.StartsWith($"{Company}/keys", StringComparison.Ordinal)
        || Template.StartsWith("/api/operator/", StringComparison.Ordinal);

    /// <summary>True for what answers without a key: these are all.</summary>
    public bool IsOpen => Template is "/healthz" or "/openapi/{documentName}.json";

    /// <summary>True for what has a token of its own in place of a key.</summary>
    public bool HasItsOwnToken => Template.StartsWith("/api/webhooks/", StringComparison.Ordinal);

    /// <summary>True for the end of a sign-in: a page for a browser, which knows nobody.</summary>
    public bool IsASignInsEnd => Template.StartsWith("/api/oauth/", StringComparison.Ordinal);

    /// <summary>Every mapped route.</summary>
    public static IReadOnlyList<MappedRoute> Of(TestHost host) =>
    [
        .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => new MappedRoute(method, "/" + endpoint.RoutePattern.RawText!.Trim('/')))),
    ];

    /// <summary>The path, with each part in braces filled in.</summary>
    public string Path(string company = "demo", Func<string, string>? value = null) =>
        string.Join('/', Template.Split('/').Select(part => part switch
        {
            "{company}" => company,
            "{documentName}.json" => "v1.json",
            ['{', .., '}'] => value?.Invoke(part) ?? "unknown_1",
            _ => part,
        }));

    /// <summary>A request to it that has no body worth reading.</summary>
    public HttpRequestMessage Request(string company = "demo") =>
        new(new HttpMethod(Method), Path(company)) { Content = Method == "GET" ? null : new StringContent("{}", System.Text.Encoding.UTF8, "application/json") };

    /// <inheritdoc/>
    public override string ToString() => $"{Method} {Template}";
}
