using Kayse.Core.Calls;
using Kayse.Core.Cases;
using Kayse.Core.Cases.Import;
using Kayse.Core.Companies;
using Kayse.Core.Connectors;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Events;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;
using Kayse.Web.Access;
using Kayse.Web.Companies;
using Kayse.Web.Events;
using Kayse.Web.Imports;
using Kayse.Web.Inbound;
using Kayse.Web.Integrations;
using Kayse.Web.Operations;
using Kayse.Web.Records;
using Kayse.Web.Webhooks;
using Kayse.Web.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Kayse.Web;

/// <summary>Composes the product for a host. The host brings the ports (<see cref="IEntityStore"/>, <see cref="IBlobStore"/>, <see cref="ISecretStore"/>, <see cref="IQueue"/>, <see cref="IWorkflowEngine"/>), a <see cref="TimeProvider"/> and the operator's settings.</summary>
public static class KayseWeb
{
    private static readonly TimeSpan CrmTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CrmUploadTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Adds everything that both hosts share.</summary>
    public static IServiceCollection AddKayse(this IServiceCollection services)
    {
        AddCompanies(services);
        AddEvents(services);
        AddWebhooks(services);
        AddLawRuler(services);
        AddLawmatics(services);
        AddLawmaticsInbound(services);
        AddStatusSync(services);
        AddImports(services);
        services.AddSingleton<Callers>().AddSingleton<InboundBody>().AddSingleton<WriteProbe>();
        services.AddProblemDetails();
        services.AddOpenApi(description =>
        {
            // Before 3.1 there is no place for webhooks.
            description.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            description.AddDocumentTransformer<WebhookDescription>();
        });
        return services;
    }

    /// <summary>
    /// Fills the catalog with the workflows and activities that a host's engine runs; before the engine is started. The catalog is made empty,
    /// since activities start workflows and so need the engine that runs them.
    /// </summary>
    public static void AddWorkflows(IServiceProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var catalog = provider.GetRequiredService<WorkflowCatalog>();
        provider.GetRequiredService<PostCallActivities>().AddTo(catalog);
        provider.GetRequiredService<LawRulerTaskActivities>().AddTo(catalog);
        provider.GetRequiredService<LawRulerSyncActivities>().AddTo(catalog);
        provider.GetRequiredService<StatusActivities>().AddTo(catalog);
        provider.GetRequiredService<LawmaticsSyncActivities>().AddTo(catalog);
        provider.GetRequiredService<LawmaticsBulkSync>().AddTo(catalog);
        provider.GetRequiredService<WebhookActivities>().AddTo(catalog);
        provider.GetRequiredService<FirmTimers>().AddTo(catalog);
        provider.GetRequiredService<ImportRun>().AddTo(catalog);
        provider.GetRequiredService<LawmaticsInboundActivities>().AddTo(catalog);
    }

    /// <summary>Adds what stands before every route: faults and unknown routes as problem details.</summary>
    public static IApplicationBuilder UseKayse(this IApplicationBuilder app) => app.UseMiddleware<Faults>()
        // Not the default, which answers plain text to a caller that does not accept JSON.
        .UseStatusCodePages(context => Results.Problem(statusCode: context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));

    /// <summary>Maps every route.</summary>
    public static void MapKayse(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.MapEvents();
        routes.MapLawRulerWebhook();
        routes.MapLawmaticsWebhook();
        routes.MapLawmaticsCallback();
        routes.MapTranscripts();
        routes.MapCompanies();
        routes.MapOperator();
        routes.MapOpenApi("/openapi/{documentName}.json").AddEndpointFilter(async (invocation, next) =>
            invocation.HttpContext.GetRouteValue("documentName") is "v1" ? await next(invocation) : Problems.NotFound("The description is /openapi/v1.json."));
        var company = routes.MapCompanyGroup();
        company.MapCompany();
        company.MapIntegrations();
        company.MapLawRuler();
        company.MapLawmaticsConnection();
        company.MapLawmaticsSync();
        company.MapLawmaticsStages();
        company.MapLawmaticsMappings();
        company.MapLawmaticsStatuses();
        company.MapLawmaticsInbound();
        company.MapLawmaticsForms();
        company.MapCaseSync();
        company.MapLawRulerSync();
        company.MapMappings();
        company.MapCaseTypes();
        company.MapFields();
        company.MapFieldMappings();
        company.MapSampleRecord();
        company.MapRecords();
        company.MapLists();
        company.MapImports();
        company.MapSubscriptions();
        company.MapDeliveries();
        company.MapLogs();
        company.MapWorkflows();
    }

    private static void AddCompanies(IServiceCollection services) =>
        services.AddSingleton<CompanyRegister>().AddSingleton<CompanyEraser>().AddSingleton<ApiKeys>()
            .AddSingleton<CaseStore>().AddSingleton<Notes>().AddSingleton<CaseDocuments>().AddSingleton<CaseLists>().AddSingleton<AutoAdd>().AddSingleton<Campaigns>().AddSingleton<CallAnalyses>()
            .AddSingleton<AuditLog>().AddSingleton<SyncHealth>().AddSingleton<IntegrationHealth>().AddSingleton<FailedWorkflows>().AddSingleton<Retention>().AddSingleton<InboundLog>().AddSingleton<Mappings>().AddSingleton<CrmLists>().AddSingleton<CrmListLoader>().AddSingleton<Matters>();

    private static void AddEvents(IServiceCollection services) =>
        services.AddSingleton<EventStore>().AddSingleton<PendingWork>().AddSingleton<EventIntake>().AddSingleton<PlatformMessages>().AddSingleton<Sweep>()
            .AddSingleton<EventRouter>().AddSingleton<IQueueHandler>(provider => provider.GetRequiredService<EventRouter>())
            .AddSingleton(new WorkflowCatalog(Core.KayseJson.Default.Options)).AddSingleton<WorkflowRecords>().AddSingleton<StepRunner>()
            .AddSingleton<FirmTimers>()
            .AddSingleton(provider => provider.GetRequiredService<Sweep>().SweepWork)
            .AddSingleton(provider => provider.GetRequiredService<Sweep>().UpkeepWork)
            .AddSingleton(provider => provider.GetRequiredService<Retention>().PurgeWork);

    private static void AddWebhooks(IServiceCollection services) =>
        services.AddSingleton(provider => new SafeHttp(provider.GetRequiredService<SafeDestination>()))
            .AddSingleton<Subscriptions>().AddSingleton<SubscriptionSecrets>().AddSingleton<SubscriptionHealth>().AddSingleton<SubscriptionEditor>()
            .AddSingleton<Destinations>().AddSingleton<WebhookSender>().AddSingleton<TranscriptLinks>()
            .AddSingleton<DeliveryLog>().AddSingleton<DeliveryAttempts>().AddSingleton<WebhookFanOut>()
            .AddSingleton<WebhookDeliveries>().AddSingleton<IQueueHandler>(provider => provider.GetRequiredService<WebhookDeliveries>())
            .AddSingleton<WebhookReplays>().AddSingleton<WebhookTests>().AddSingleton<WebhookActivities>();

    private static void AddLawRulerSync(IServiceCollection services) =>
        services.AddSingleton<OwnWrites>().AddSingleton<LawRulerSyncStates>().AddSingleton<LawRulerSyncPages>().AddSingleton<WaitingLeads>()
            .AddSingleton<LeadSync>().AddSingleton<NoteSync>().AddSingleton<WaitingNotes>().AddSingleton<DocumentSync>().AddSingleton<LawRulerSyncActivities>()
            .AddSingleton<LawRulerSync>().AddSingleton(provider => provider.GetRequiredService<LawRulerSync>().HourlyWork);

    private static void AddStatusSync(IServiceCollection services) =>
        services.AddSingleton<StatusQueue>().AddSingleton<LawRulerLeads>().AddSingleton<StatusPushStep>().AddSingleton<StatusReplays>().AddSingleton<StatusActivities>().AddSingleton<StatusResume>().AddSingleton<SetupChecklist>()
            .AddSingleton<StatusPull>().AddSingleton(provider => provider.GetRequiredService<StatusPull>().Work)
            .AddSingleton<StatusPushes>().AddSingleton<IEventReaction>(provider => provider.GetRequiredService<StatusPushes>()).AddSingleton(StatusPushes.Concern);

    private static void AddImports(IServiceCollection services) =>
        services.AddSingleton<ImportStore>().AddSingleton<ImportUpload>().AddSingleton<ImportPlanner>().AddSingleton<CaseImports>().AddSingleton<ImportRun>();

    private static void AddLawRuler(IServiceCollection services)
    {
        services.AddSingleton(provider => new CrmHttp(provider.GetRequiredService<TimeProvider>(), CrmTimeout, CrmUploadTimeout));
        services.AddSingleton<ConnectionLimits>().AddSingleton<TokenLease>().AddSingleton<CrmEffects>().AddSingleton<OnceInCrm>().AddSingleton<StoppedWork>();
        services.AddSingleton<LawRulerConnections>().AddSingleton<LawRulerWatch>().AddSingleton(provider => provider.GetRequiredService<LawRulerWatch>().Watch).AddSingleton<LawRulerConnect>().AddSingleton<LawRulerDisconnect>().AddSingleton<LawRulerResume>().AddSingleton<LawRulerTokens>().AddSingleton<LawRulerClient>()
            .AddSingleton<LawRulerListing>().AddSingleton<OutboundCaseTypes>().AddSingleton<LawRulerCalls>().AddSingleton<CaseStatuses>().AddSingleton<LeadUpsert>().AddSingleton<ListRouting>()
            .AddSingleton<LawRulerWebhook>().AddSingleton<WebhookCredentials>()
            .AddSingleton<LawRulerLookups>().AddSingleton<LawRulerCatalog>().AddSingleton<MappedFields>().AddSingleton<SampleRecord>()
            .AddSingleton<OnceInLawRuler>().AddSingleton<LawRulerNotes>().AddSingleton<FileDownload>().AddSingleton<LawRulerUploads>()
            .AddSingleton<CampaignCallStep>().AddSingleton<NoteStep>().AddSingleton<RecordingStep>()
            .AddSingleton<LawRulerWorkflows>().AddSingleton<LawRulerDue>().AddSingleton<MessageStep>().AddSingleton<DocumentStep>().AddSingleton<CaseSyncStep>().AddSingleton<LawRulerTaskActivities>()
            .AddSingleton<PostCallActivities>().AddSingleton<PostCallStarter>().AddSingleton<IEventReaction>(provider => provider.GetRequiredService<PostCallStarter>()).AddSingleton(PostCallStarter.Concern);
        foreach (var kind in DeliveryKind.All)
        {
            services.AddSingleton<IEventReaction>(provider => ActivatorUtilities.CreateInstance<DeliveryReaction>(provider, kind)).AddSingleton(kind.Concern);
        }

        AddLawRulerSync(services);
    }

    private static void AddLawmatics(IServiceCollection services)
    {
        services.AddSingleton<LawmaticsConnections>().AddSingleton<LawmaticsWatch>().AddSingleton(provider => provider.GetRequiredService<LawmaticsWatch>().Watch)
            .AddSingleton<LawmaticsOAuth>().AddSingleton<LawmaticsTokens>().AddSingleton<LawmaticsClient>()
            .AddSingleton<LawmaticsSignIns>().AddSingleton<LawmaticsConnect>().AddSingleton<LawmaticsDisconnect>();
        AddLawmaticsSync(services);
    }

    private static void AddLawmaticsSync(IServiceCollection services) =>
        services.AddSingleton<LawmaticsLookups>().AddSingleton<LawmaticsCatalog>().AddSingleton<LawmaticsStages>().AddSingleton<LawmaticsFields>().AddSingleton<LawmaticsStatuses>()
            .AddSingleton<LawmaticsLinks>().AddSingleton<LawmaticsContacts>().AddSingleton<LawmaticsTargets>().AddSingleton<LawmaticsSyncStates>().AddSingleton<MatterPlans>()
            .AddSingleton<ContactStep>().AddSingleton<MatterLinking>().AddSingleton<MatterStep>().AddSingleton<ActivityStep>().AddSingleton<UploadStep>()
            .AddSingleton<LawmaticsSync>().AddSingleton<LawmaticsSyncActivities>().AddSingleton<LawmaticsBulkSync>().AddSingleton<LawmaticsResume>()
            .AddSingleton<LawmaticsReaction>().AddSingleton<IEventReaction>(provider => provider.GetRequiredService<LawmaticsReaction>()).AddSingleton(LawmaticsReaction.Concern);

    private static void AddLawmaticsInbound(IServiceCollection services) =>
        services.AddSingleton<LawmaticsWebhookSecrets>().AddSingleton<LawmaticsEventClaims>().AddSingleton<LawmaticsWebhook>().AddSingleton<LawmaticsEventStep>()
            .AddSingleton<LawmaticsStageNames>().AddSingleton<LawmaticsUnknownStages>().AddSingleton<LawmaticsStageChanges>()
            .AddSingleton<LawmaticsStagePoll>().AddSingleton(provider => provider.GetRequiredService<LawmaticsStagePoll>().Work)
            .AddSingleton<LawmaticsForms>().AddSingleton<LawmaticsPulls>().AddSingleton<LawmaticsInboundActivities>();
}
