using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kayse.Sandbox.State;
using Kayse.Sandbox.Webhooks;
using Microsoft.AspNetCore.WebUtilities;

namespace Kayse.Sandbox.LawRuler.Webhooks;

/// <summary>Posts webhooks to receivers on this machine and records what they answer.</summary>
internal sealed class WebhookSender(IHttpClientFactory clients, BackgroundWork background, SandboxOptions options)
{
    private const int MaxBody = 4000;

    /// <summary>Sends in the background; the caller is not kept waiting.</summary>
    public void Send(Portal portal, WebhookPost post)
    {
        foreach (var next in portal.Outbox.Order(post, post.Settings.OutOfOrder && post.Kind == "status"))
        {
            SendNow(portal, next);
        }
    }

    /// <summary>Sends the change that is being held back to come out of order.</summary>
    public void Flush(Portal portal)
    {
        if (portal.Outbox.Release() is { } held)
        {
            SendNow(portal, held);
        }
    }

    private void SendNow(Portal portal, WebhookPost post)
    {
        for (var i = 0; i < post.Settings.Repeats; i++)
        {
            portal.Outbox.Enqueue(post.Settings.Concurrent, () => DeliverAsync(portal.Outbox, post, background.Stopping));
        }
    }

    private async Task DeliverAsync(WebhookOutbox<WebhookPost, WebhookDelivery> outbox, WebhookPost post, CancellationToken ct)
    {
        try
        {
            for (var attempt = 1; attempt <= post.Settings.Retries + 1; attempt++)
            {
                var delivery = await TryAsync(post, attempt, ct);
                outbox.Record(delivery);
                if (delivery.Status is >= 200 and < 300 || attempt > post.Settings.Retries)
                {
                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(post.Settings.RetryDelayMs), options.Clock, ct);
            }
        }
        catch (OperationCanceledException)
        {
            // The server is stopping; Law Ruler would not send it again either.
        }
    }

    private async Task<WebhookDelivery> TryAsync(WebhookPost post, int attempt, CancellationToken ct)
    {
        var delivery = new WebhookDelivery
        {
            At = options.Clock.GetUtcNow(),
            Kind = post.Kind,
            LeadId = post.LeadId,
            Attempt = attempt,
            Url = post.Settings.Url,
            Fields = post.Fields,
            Files = [.. post.Settings.Files.Select(f => FileName(f, post))],
        };
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(post.Settings.TimeoutMs), options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            using var request = Request(post);
            using var client = clients.CreateClient(LoopbackHandler.ClientName);
            using var response = await client.SendAsync(request, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            return delivery with { Status = (int)response.StatusCode, Body = body.Length > MaxBody ? body[..MaxBody] : body };
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            return delivery with { Error = e is OperationCanceledException ? "No answer in time." : e.Message };
        }
    }

    private static HttpRequestMessage Request(WebhookPost post)
    {
        var settings = post.Settings;
        var url = settings.Encoding == WebhookEncoding.Query
            ? QueryHelpers.AddQueryString(settings.Url, post.Fields.Select(f => KeyValuePair.Create(f.Key, (string?)f.Value)))
            : settings.Url;
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = Content(post) };
        foreach (var (name, value) in settings.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static HttpContent? Content(WebhookPost post) => post.Settings.Encoding switch
    {
        WebhookEncoding.Form => new FormUrlEncodedContent(post.Fields),
        WebhookEncoding.Json => new StringContent(JsonSerializer.Serialize(post.Fields), Encoding.UTF8, "application/json"),
        WebhookEncoding.Query => null,
        _ => Multipart(post),
    };

    private static MultipartFormDataContent Multipart(WebhookPost post)
    {
        var content = new MultipartFormDataContent();
        foreach (var (name, value) in post.Fields)
        {
            content.Add(new StringContent(value), $"\"{name}\"");
        }

        foreach (var file in post.Settings.Files)
        {
            var bytes = new ByteArrayContent(new byte[file.Size]);
            bytes.Headers.ContentType = MediaTypeHeaderValue.TryParse(file.ContentType, out var type) ? type : null;
            content.Add(bytes, $"\"{file.Name}\"", FileName(file, post));
        }

        return content;
    }

    private static string FileName(WebhookFile file, WebhookPost post) =>
        file.FileName.Replace("{LeadID}", post.LeadId?.ToString() ?? "0", StringComparison.OrdinalIgnoreCase);
}
