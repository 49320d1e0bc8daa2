using System.Text.Json;
using Kayse.Core.Webhooks;
using Kayse.Tests.Web;
using Microsoft.OpenApi;

namespace Kayse.Tests.Webhooks;

public sealed class WebhookDescriptionTests(TwoFirms firms) : IClassFixture<TwoFirms>
{
    private static readonly string[] s_headers =
    [
        "X-Kayse-Signature", "X-Kayse-Signature-Previous", "X-Kayse-Event", "X-Kayse-Delivery", "X-Public-Api-Key", "webhook-id", "webhook-timestamp", "webhook-signature",
    ];

    public static TheoryData<string> Types => [.. SampleEvents.Types];

    [Fact]
    public async Task The_description_is_of_OpenAPI_3_1_and_has_no_errors()
    {
        var json = await firms.Host.Http.GetStringAsync("/openapi/v1.json");

        var read = OpenApiDocument.Parse(json, "json");

        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic!.SpecificationVersion);
        Assert.Empty(read.Diagnostic.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Empty(read.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet()));
    }

    [Fact]
    public async Task Every_type_that_is_sent_is_described_and_no_other() =>
        Assert.Equal(SampleEvents.Types, (await DescriptionAsync()).Webhooks!.Select(webhook => webhook.Key));

    [Theory]
    [MemberData(nameof(Types))]
    public async Task An_event_is_described_with_what_a_delivery_of_its_sample_is(string type)
    {
        var posted = Assert.Single((await DescriptionAsync()).Webhooks![type].Operations!);
        var body = posted.Value.RequestBody!.Content!["application/json"];

        Assert.Equal(HttpMethod.Post, posted.Key);
        Assert.NotEmpty(posted.Value.Summary!);
        Assert.Equal(type, body.Schema!.AllOf![1].Properties!["type"].Const);
        var sample = await File.ReadAllBytesAsync(VerifierPage.At("samples", type.Replace('_', '-').Replace('.', '-') + ".json"));
        var sent = await WebhookBody.RenderAsync(sample, int.MaxValue, () => throw new InvalidOperationException("A sample is sent whole."));
        Assert.True(JsonElement.DeepEquals(Json(sent), JsonSerializer.SerializeToElement(body.Example)), type);
        var schema = body.Schema.AllOf[0];
        Assert.All(Json(sent).EnumerateObject(), property => Assert.Contains(property.Name, schema.Properties!.Keys));
        Assert.All(schema.Required!, name => Assert.True(Json(sent).TryGetProperty(name, out _), name));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task An_event_is_described_with_its_headers_and_what_each_answer_does(string type)
    {
        var operation = (await DescriptionAsync()).Webhooks![type].Operations![HttpMethod.Post];

        Assert.Equal(s_headers.Order(), operation.Parameters!.Select(header => header.Name!).Order());
        Assert.All(operation.Parameters!, header => Assert.True(header is { In: ParameterLocation.Header, Description.Length: > 0 }, header.Name));
        Assert.Equal(["X-Kayse-Signature-Previous", "X-Public-Api-Key"], operation.Parameters!.Where(header => !header.Required).Select(header => header.Name).Order());
        Assert.Equal(["2XX", "410", "429", "503", "default"], operation.Responses!.Keys.Order());
        Assert.All(["429", "503"], status => Assert.Contains("Retry-After", operation.Responses[status].Headers!.Keys));
    }

    [Fact]
    public async Task Every_header_of_a_delivery_is_described()
    {
        await using var firm = await WebhookFirm.StartAsync();
        var webhook = await firm.AddIdAsync("crm", new { appKey = "app-key-of-the-firm" });
        using var rotated = await firm.PostAsync($"/api/companies/demo/webhooks/{webhook}/rotate-secret", new { });
        await firm.SendAsync();

        var sent = (await firm.ReceivedAsync("crm", 1))[0].GetProperty("headers").EnumerateObject().Select(header => header.Name);

        // HTTP's own have no place in a description.
        string[] own = ["Content-Type", "Content-Length", "User-Agent", "Host"];
        Assert.Equal(s_headers.Order(StringComparer.OrdinalIgnoreCase), sent.Except(own).Order(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("POST", "/webhooks", "name,url,events,caseTypes,campaigns,appKey,active")]
    [InlineData("POST", "/campaigns/{id}/webhooks", "name,url,events,caseTypes,campaigns,appKey,active")]
    [InlineData("PATCH", "/webhooks/{id}", "name,url,events,caseTypes,campaigns,appKey,active")]
    [InlineData("POST", "/webhooks/{id}/replay", "state,from,to")]
    [InlineData("POST", "/webhooks/{id}/test", "type")]
    [InlineData("POST", "/webhooks/{id}/rotate-secret", null)]
    [InlineData("POST", "/webhooks/{id}/deliveries/{delivery}/replay", null)]
    [InlineData("GET", "/webhooks", null)]
    [InlineData("GET", "/webhooks/{id}", null)]
    [InlineData("DELETE", "/webhooks/{id}", null)]
    [InlineData("GET", "/webhooks/{id}/deliveries", null)]
    [InlineData("GET", "/webhooks/{id}/deliveries/{delivery}", null)]
    public async Task A_route_of_webhooks_is_described_with_what_it_takes(string method, string path, string? fields)
    {
        var operation = (await DescriptionAsync()).Paths[$"/api/companies/{{company}}{path}"].Operations![new HttpMethod(method)];

        Assert.NotEmpty(operation.Summary!);
        Assert.Equal(fields?.Split(','), operation.RequestBody?.Content!["application/json"].Schema!.Properties!.Keys);
    }

    private async Task<OpenApiDocument> DescriptionAsync() => OpenApiDocument.Parse(await firms.Host.Http.GetStringAsync("/openapi/v1.json"), "json").Document!;

    private static JsonElement Json(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }
}
