using System.Net;
using System.Text;
using System.Text.Json;
using Kayse.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kayse.Tests.Web;

public sealed class PrivacyTests(PrivacyRun run) : IClassFixture<PrivacyRun>
{
    [Fact]
    public void The_log_holds_neither_personal_data_nor_secrets_at_any_level()
    {
        var log = run.Host.Log.Lines;

        Assert.Contains(log, line => line.Contains("campaign_call", StringComparison.Ordinal));
        Assert.Contains(log, line => line.Contains("delivered in", StringComparison.Ordinal));
        AssertNone(log, [.. PrivacyRun.Personal, .. run.Secrets, "stale-token", "token="]);
    }

    [Fact]
    public void Workflows_messages_and_pending_work_hold_ids_and_outcomes_alone()
    {
        var cells = run.WorkCells();

        Assert.Contains(cells, cell => cell.Contains("call_9f2", StringComparison.Ordinal));
        Assert.Contains(cells, cell => cell.Contains("\"event\":\"evt_", StringComparison.Ordinal));
        Assert.Contains(cells, cell => cell.Contains("inbound~", StringComparison.Ordinal));
        Assert.Contains(cells, cell => cell.Contains("demo.delivery.dlv_", StringComparison.Ordinal));
        AssertNone(cells, [.. PrivacyRun.Personal, .. run.Secrets, "stale-token"]);
    }

    [Fact]
    public async Task No_file_of_the_data_folder_holds_a_secret_in_the_clear()
    {
        var files = Directory.EnumerateFiles(run.Host.Data, "*", SearchOption.AllDirectories)
            // The stand-in for Law Ruler knows what Law Ruler knows.
            .Where(file => Path.GetFileName(file) is not ("sandbox.json" or "lock")).ToList();

        Assert.Contains(files, file => Path.GetFileName(file) == "secrets.json");
        foreach (var file in files)
        {
            var text = await ReadAsync(file);
            Assert.All(run.Secrets, secret => Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{file} holds {secret}."));
        }
    }

    [Fact]
    public async Task No_answer_of_the_api_holds_a_secret()
    {
        foreach (var route in MappedRoute.Of(run.Host).Where(route => route.Method == "GET" && !route.Template.EndsWith("/webhook-url", StringComparison.Ordinal)))
        {
            var answer = await run.Host.Http.GetStringOrProblemAsync(route.Path(value: _ => "postcall.call_9f2"));
            Assert.All(run.Secrets, secret => Assert.False(answer.Contains(secret, StringComparison.Ordinal), $"{route} answers {secret}."));
        }

        foreach (var webhook in run.Webhooks)
        {
            var deliveries = (await run.Host.GetJsonAsync($"/api/companies/demo/webhooks/{webhook}/deliveries")).GetProperty("items").EnumerateArray().Select(item => $"/deliveries/{item.GetProperty("id").GetString()}").ToList();
            Assert.NotEmpty(deliveries);
            foreach (var path in deliveries.Prepend("/deliveries").Prepend(""))
            {
                var answer = await run.Host.Http.GetStringOrProblemAsync($"/api/companies/demo/webhooks/{webhook}{path}");
                Assert.All(run.Secrets, secret => Assert.False(answer.Contains(secret, StringComparison.Ordinal), $"{path} answers {secret}."));
            }
        }

        var inbound = await run.Host.GetJsonAsync("/api/companies/demo/inbound?limit=100");
        foreach (var id in inbound.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()))
        {
            var answer = await run.Host.Http.GetStringOrProblemAsync($"/api/companies/demo/inbound/{id}");
            Assert.All(run.Secrets, secret => Assert.False(answer.Contains(secret, StringComparison.Ordinal), $"{id} answers {secret}."));
        }
    }

    [Fact]
    public async Task A_fault_inside_is_a_problem_without_its_text_and_logged_by_type_and_place()
    {
        using var log = new CapturedLog();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace));
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider() };
        using var body = new MemoryStream();
        context.Response.Body = body;

        await new Faults(_ => throw new InvalidOperationException("Zebulona Quixworth"), factory.CreateLogger<Faults>()).InvokeAsync(context);

        Assert.Equal((int)HttpStatusCode.InternalServerError, context.Response.StatusCode);
        Assert.StartsWith("application/problem+json", context.Response.ContentType, StringComparison.Ordinal);
        Assert.DoesNotContain("Zebulona", Encoding.UTF8.GetString(body.ToArray()), StringComparison.Ordinal);
        Assert.Equal(500, JsonDocument.Parse(body.ToArray()).RootElement.GetProperty("status").GetInt32());
        Assert.Contains(nameof(InvalidOperationException), Assert.Single(log.Lines), StringComparison.Ordinal);
        AssertNone(log.Lines, PrivacyRun.Personal);
    }

    private static void AssertNone(IEnumerable<string> texts, IReadOnlyList<string> forbidden)
    {
        foreach (var text in texts)
        {
            Assert.All(forbidden, word => Assert.False(text.Contains(word, StringComparison.OrdinalIgnoreCase), $"«{word}» is in: {text[..Math.Min(text.Length, 600)]}"));
        }
    }

    private static async Task<string> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return Encoding.Latin1.GetString(bytes.ToArray());
    }
}

internal static class AnswerText
{
    /// <summary>An answer's body, whatever its status.</summary>
    public static async Task<string> GetStringOrProblemAsync(this HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return await answer.Content.ReadAsStringAsync();
    }
}
