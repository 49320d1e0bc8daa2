using Kayse.Core.Calls;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Sandbox;
using Kayse.Web.Integrations;

namespace Kayse.Standalone;

/// <summary>The firm <c>demo</c>, connected to the sandbox, for whoever tries Kayse out.</summary>
public sealed class DemoFirm(
    CompanyRegister companies, Campaigns campaigns, LawRulerConnect connect, LawRulerConnections connections, WebhookCredentials webhook, TimeProvider clock, ILogger<DemoFirm> logger)
{
    private static readonly CompanyId s_id = CompanyId.Parse("demo");

    /// <summary>Opens the firm unless it is there, connects it, and points the sandbox's webhook at it.</summary>
    /// <returns>The firm's webhook URL.</returns>
    public async Task<string> OpenAsync(string url, string sandboxUrl, string? webhookToken, CancellationToken cancellationToken)
    {
        var isNew = await companies.OpenAsync(new Company(s_id, "Demo Law Firm", "America/New_York", clock.GetUtcNow()), cancellationToken);
        if (isNew)
        {
            await campaigns.SetAsync(s_id, "42", "Zantac Settlement", cancellationToken);
            await connections.ChangeAsync(s_id, old => old with { Toggles = old.Toggles with { SyncEnrichedPhones = true } }, cancellationToken);
        }

        if (!(await connections.GetAsync(s_id, cancellationToken)).Connected)
        {
            var credentials = new LawRulerCredentials(SandboxDefaults.Username, SandboxDefaults.Password, SandboxDefaults.Root, SandboxDefaults.ClientSecret, SandboxDefaults.Key, SandboxDefaults.ClientId);
            await connect.ConnectAsync(s_id, credentials, cancellationToken);
        }

        var token = webhookToken is null ? await webhook.TokenAsync(s_id, cancellationToken) : await webhook.SetAsync(s_id, webhookToken, cancellationToken);
        var address = LawRulerWebhookAddress.Below(url, s_id, token);
        await AskSandboxAsync(HttpMethod.Put, $"{sandboxUrl}/_sandbox/lawruler/{SandboxDefaults.Root}/webhook", JsonContent.Create(new { url = address }), cancellationToken);
        if (isNew)
        {
            // The lead comes as it does from a firm: by the webhook.
            await AskSandboxAsync(HttpMethod.Post, $"{sandboxUrl}/_sandbox/lawruler/{SandboxDefaults.Root}/leads/{SandboxDefaults.LeadId}/send-webhook", null, cancellationToken);
        }

        return address;
    }

    private async Task AskSandboxAsync(HttpMethod method, string url, HttpContent? content, CancellationToken cancellationToken)
    {
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(method, url) { Content = content };
        using var response = await client.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            DemoLog.Refused(logger, (int)response.StatusCode);
        }
    }
}

/// <summary>What opening the demo firm logs.</summary>
internal static partial class DemoLog
{
    [LoggerMessage(1, LogLevel.Warning, "The sandbox could not be set up for the demo firm: {Status}")]
    public static partial void Refused(ILogger logger, int status);
}
