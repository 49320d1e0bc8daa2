using System.Text.Json.Nodes;
using Kayse.Core.Webhooks;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Kayse.Web.Webhooks;

/// <summary>Describes what Kayse sends to webhooks, in the part <c>webhooks</c> of the OpenAPI document: one entry an event type, with its sample.</summary>
public sealed class WebhookDescription : IOpenApiDocumentTransformer
{
    private const string EventSchema = "WebhookEvent";

    private static readonly Dictionary<string, string> s_summaries = new(StringComparer.Ordinal)
    {
        ["call_started"] = "A campaign call begins.",
        ["call_ended"] = "A campaign call is over; its analysis may follow.",
        ["call_analyzed"] = "Transcript and summary of a call are ready.",
        ["transcript_updated"] = "The transcript of a call so far.",
        ["transfer_started"] = "A call is being passed to a person.",
        ["transfer_bridged"] = "Client and person are connected.",
        ["transfer_cancelled"] = "A transfer was called off, or nobody picked up.",
        ["transfer_ended"] = "A call that was passed to a person is over.",
        ["message_sent"] = "A message went out.",
        ["message_delivered"] = "A message arrived.",
        ["task_completed"] = "A task of a case is done.",
        ["form_submitted"] = "A form was sent in.",
        ["matter.created"] = "A matter was opened.",
        ["document.approved"] = "A document was approved.",
        ["document_uploaded"] = "A document was put to a case.",
        ["case_status_changed"] = "A case has another status.",
        ["webhook.failing"] = "Another webhook of the firm's does nothing but fail.",
        ["integration.failing"] = "The connection to a CRM needs an admin.",
    };

    private static readonly (string Name, bool IsAlways, string Description)[] s_headers =
    [
        ("webhook-id", true, "The event's id, the same in every attempt and replay: skip what you know already."),
        ("webhook-timestamp", true, "When this attempt was made, in Unix seconds. Refuse what is more than five minutes away."),
        ("webhook-signature", true, "Standard Webhooks: `v1,` and the base64 of the HMAC-SHA256 of id, dot, timestamp, dot and body; the key is what the base64 after `whsec_` stands for. One for each live secret, with spaces between."),
        ("X-Kayse-Signature", true, "The HMAC-SHA256 of the raw body in lower-case hex, unless the operator chose another spelling; the key is the text of the whole secret."),
        ("X-Kayse-Signature-Previous", false, "The same with the old secret, while it signs too after a rotation."),
        ("X-Kayse-Event", true, "The event's type."),
        ("X-Kayse-Delivery", true, "The delivery's id in the delivery log: the same in its retries, a new one in a replay."),
        ("X-Public-Api-Key", false, "The webhook's App Key, if it has one."),
    ];

    /// <inheritdoc/>
    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        document.AddComponent(EventSchema, Schema());
        foreach (var (name, isAlways, description) in s_headers)
        {
            document.AddComponent(name, Header(name, isAlways, description));
        }

        document.Webhooks = new Dictionary<string, IOpenApiPathItem>(StringComparer.Ordinal);
        foreach (var type in SampleEvents.Types)
        {
            var item = new OpenApiPathItem();
            item.AddOperation(HttpMethod.Post, Operation(document, type, await ExampleAsync(type, cancellationToken)));
            document.Webhooks[type] = item;
        }
    }

    private static OpenApiOperation Operation(OpenApiDocument document, string type, JsonNode example) => new()
    {
        Summary = s_summaries[type],
        Parameters = [.. s_headers.Select(header => new OpenApiParameterReference(header.Name, document))],
        RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new() { Schema = SchemaOf(document, type), Example = example },
            },
        },
        Responses = Responses(),
    };

    private static OpenApiSchema SchemaOf(OpenApiDocument document, string type) => new()
    {
        AllOf =
        [
            new OpenApiSchemaReference(EventSchema, document),
            new OpenApiSchema { Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { ["type"] = new OpenApiSchema { Const = type } } },
        ],
    };

    private static OpenApiSchema Schema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "What is sent to a webhook. Ignore types and fields that you do not know: there will be more.",
        Required = new HashSet<string>(StringComparer.Ordinal) { "id", "type", "timestamp", "company_id", "data" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["id"] = Text("The event's id, the same however often it is sent."),
            ["type"] = Text("What happened."),
            ["timestamp"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "When it happened." },
            ["company_id"] = Text("The firm."),
            ["campaign_id"] = Text("The campaign, if there is one."),
            ["case"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "The case, if there is one.",
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                {
                    ["id"] = Text("Kayse's id."),
                    ["externalSource"] = Text("The CRM, such as lawruler."),
                    ["externalSourceId"] = Text("The CRM's id."),
                    ["caseType"] = Text("The case type's name."),
                },
            },
            ["data"] = new OpenApiSchema { Type = JsonSchemaType.Object, Description = "What the type carries. Above 256 kB in all, a link in `transcript_url` stands for the transcript." },
            ["test"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "True in a sample that was sent to try the webhook out; otherwise absent." },
        },
    };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiParameter Header(string name, bool isAlways, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Required = isAlways,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiResponses Responses() => new()
    {
        ["2XX"] = new OpenApiResponse { Description = "Taken, if the whole answer comes within 15 seconds." },
        ["410"] = new OpenApiResponse { Description = "Nobody is there any more: the webhook is switched off." },
        ["429"] = Slower("Too much: tried again, and everything that goes to this webhook slows down."),
        ["503"] = Slower("Not now: tried again, and everything that goes to this webhook slows down."),
        ["default"] = new OpenApiResponse { Description = "Tried again for up to 24 hours; a redirect is not followed." },
    };

    private static OpenApiResponse Slower(string description) => new()
    {
        Description = description,
        Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
        {
            ["Retry-After"] = new OpenApiHeader { Description = "How long to wait: seconds or a date, within the 24 hours.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
        },
    };

    private static async Task<JsonNode> ExampleAsync(string type, CancellationToken cancellationToken)
    {
        using var envelope = new MemoryStream();
        await using var sample = SampleEvents.Open(type);
        await sample.CopyToAsync(envelope, cancellationToken);
        // The link replaces nothing: a sample is shown whole.
        var body = await WebhookBody.RenderAsync(envelope.ToArray(), int.MaxValue, () => Task.FromResult(string.Empty));
        return JsonNode.Parse(body)!;
    }
}
