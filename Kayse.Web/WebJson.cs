using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kayse.Core.Mapping;
using Kayse.Web.Companies;
using Kayse.Web.Imports;
using Kayse.Web.Integrations;
using Kayse.Web.Records;
using Kayse.Web.Webhooks;
using Kayse.Web.Workflows;

namespace Kayse.Web;

/// <summary>How the bodies of requests are read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CompanyBody))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(LawRulerConnectBody))]
[JsonSerializable(typeof(LawmaticsConnectBody))]
[JsonSerializable(typeof(LawmaticsAccountBody))]
[JsonSerializable(typeof(WebhookHeaderBody))]
[JsonSerializable(typeof(WebhookSecretBody))]
[JsonSerializable(typeof(StatusMapping))]
[JsonSerializable(typeof(FieldMapping))]
[JsonSerializable(typeof(CaseTypeLinks))]
[JsonSerializable(typeof(StageMapping))]
[JsonSerializable(typeof(LawmaticsMappingBody))]
[JsonSerializable(typeof(LawmaticsSyncBody))]
[JsonSerializable(typeof(SampleRecordBody))]
[JsonSerializable(typeof(NameBody))]
[JsonSerializable(typeof(AutoAddBody))]
[JsonSerializable(typeof(ImportTextBody))]
[JsonSerializable(typeof(ImportMappingBody))]
[JsonSerializable(typeof(ImportStartBody))]
[JsonSerializable(typeof(RerunBody))]
[JsonSerializable(typeof(ReplayBody))]
[JsonSerializable(typeof(TestBody))]
[JsonSerializable(typeof(JsonNode))]
public sealed partial class WebJson : JsonSerializerContext;
