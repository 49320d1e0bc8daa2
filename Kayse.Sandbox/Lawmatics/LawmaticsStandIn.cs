using Kayse.Sandbox.Lawmatics.Api;
using Kayse.Sandbox.Lawmatics.Forms;
using Kayse.Sandbox.Lawmatics.OAuth;
using Kayse.Sandbox.Lawmatics.Webhooks;

namespace Kayse.Sandbox.Lawmatics;

/// <summary>Lawmatics, whole: its sign-in and API under <c>/lawmatics</c>, and what is behind them under <c>/_sandbox/lawmatics</c>.</summary>
internal static class LawmaticsStandIn
{
    public static void AddServices(IServiceCollection services) => services.AddSingleton<LawmaticsSender>().AddSingleton<LawmaticsGate>();

    public static void Map(WebApplication app)
    {
        Make<AuthorizeRoutes>(app).Map(app);
        Make<TokenRoutes>(app).Map(app);
        Make<ContactRoutes>(app).Map(app);
        Make<MatterRoutes>(app).Map(app);
        Make<NoteRoutes>(app).Map(app);
        Make<CatalogueRoutes>(app).Map(app);
        Make<FormRoutes>(app).Map(app);
        Make<FileRoutes>(app).Map(app);
        Make<FirmRoutes>(app).Map(app);
        Make<SeedRoutes>(app).Map(app);
        Make<LawmaticsWebhookRoutes>(app).Map(app);
        app.Map("/lawmatics/v1/{**path}", LawmaticsAnswer.UnknownPathAsync);
    }

    private static T Make<T>(WebApplication app) => ActivatorUtilities.CreateInstance<T>(app.Services);
}
