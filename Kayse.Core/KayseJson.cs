using System.Text.Json;
using System.Text.Json.Serialization;
using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Kayse.Core.Connectors;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
using Kayse.Core.Mapping;
using Kayse.Core.Sync;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;

namespace Kayse.Core;

/// <summary>How rows, messages and workflow payloads are written: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Company))]
[JsonSerializable(typeof(CompanyEntry))]
[JsonSerializable(typeof(TenantEntry))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(StoredEvent))]
[JsonSerializable(typeof(PendingItem))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(StatusChangedEnvelope))]
[JsonSerializable(typeof(Case))]
[JsonSerializable(typeof(Client))]
[JsonSerializable(typeof(CaseLink))]
[JsonSerializable(typeof(CallAnalysisEntry))]
[JsonSerializable(typeof(CaseList))]
[JsonSerializable(typeof(ListMember))]
[JsonSerializable(typeof(AutoAddRules))]
[JsonSerializable(typeof(CaseImport))]
[JsonSerializable(typeof(List<SheetRow>))]
[JsonSerializable(typeof(List<PlannedRow>))]
[JsonSerializable(typeof(List<ImportNote>))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(ImportInput))]
[JsonSerializable(typeof(ImportTurn))]
[JsonSerializable(typeof(Campaign))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(InboundRequest))]
[JsonSerializable(typeof(List<InboundField>))]
[JsonSerializable(typeof(DailyCount))]
[JsonSerializable(typeof(SyncState))]
[JsonSerializable(typeof(StatusMapping))]
[JsonSerializable(typeof(FieldMapping))]
[JsonSerializable(typeof(ConnectionLimit))]
[JsonSerializable(typeof(LeaseRow))]
[JsonSerializable(typeof(CrmEffect))]
[JsonSerializable(typeof(LawRulerConnection))]
[JsonSerializable(typeof(LawRulerCredentials))]
[JsonSerializable(typeof(LawRulerToken))]
[JsonSerializable(typeof(WebhookTokens))]
[JsonSerializable(typeof(WorkflowRecord))]
[JsonSerializable(typeof(WorkflowStep))]
[JsonSerializable(typeof(WorkflowIndexEntry))]
[JsonSerializable(typeof(FirmWorkInput))]
[JsonSerializable(typeof(FirmWorkResult))]
[JsonSerializable(typeof(StepAttempt))]
[JsonSerializable(typeof(StepOutcome))]
[JsonSerializable(typeof(PostCallInput))]
[JsonSerializable(typeof(PostCallResult))]
[JsonSerializable(typeof(PostCallFinish))]
[JsonSerializable(typeof(Subscription))]
[JsonSerializable(typeof(SubscriptionFilters))]
[JsonSerializable(typeof(SigningSecrets))]
[JsonSerializable(typeof(WebhookFailingEnvelope))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(DeliveryAttempt))]
[JsonSerializable(typeof(DeliveryIndexEntry))]
[JsonSerializable(typeof(DeliveryKey))]
[JsonSerializable(typeof(DeliveryTurn))]
[JsonSerializable(typeof(WebhookRetryInput))]
[JsonSerializable(typeof(WebhookRetryResult))]
[JsonSerializable(typeof(WebhookReplayInput))]
[JsonSerializable(typeof(WebhookReplayPage))]
public sealed partial class KayseJson : JsonSerializerContext;
