using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Core.Storage;
using Kayse.Core.Sync;

namespace Kayse.Tests.Lawmatics;

/// <summary>Who may say what happened in Lawmatics.</summary>
public sealed class WebhookProofTests(LawmaticsWorld world) : IClassFixture<LawmaticsWorld>, IAsyncLifetime
{
    public Task InitializeAsync() => world.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_test_vector_is_taken()
    {
        const string Body = """{"event_id":"evt_test_1","firm_id":1,"event_type":"matter.converted","version":"v1","timestamp":"2023-11-14T22:13:20.000Z","data":{"matter_id":456}}""";
        await using var host = await TestHost.StartAsync(start: DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        await host.SandboxOptionsAsync(new { authorizePage = "grant" });
        await host.SignInAsync();
        using var saved = await host.Http.PutAsJsonAsync($"{LawmaticsHost.Base}/webhook-secret", new { secret = "whsec_unit_test_only_0001" });
        using var request = new HttpRequestMessage(HttpMethod.Post, LawmaticsWorld.Hook) { Content = new StringContent(Body) };
        request.Headers.Add("X-Lawmatics-Timestamp", "1700000000");
        request.Headers.Add("X-Lawmatics-Signature", "sha256=fe52697dace321864eb40c3e95af3b5c9cc8486a92c3ce6ccdbfa991c3613ffc");

        using var answer = await host.Http.SendAsync(request);

        // The vector's firm is not the connected one.
        Assert.Equal((200, "ignored"), ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result").GetString()));
    }

    [Theory]
    [InlineData("wrong", 0, "signature is wrong")]
    [InlineData("missing", 0, "X-Lawmatics-Signature is missing")]
    [InlineData("prefix", 0, "X-Lawmatics-Signature is missing")]
    [InlineData("right", -301, "300 seconds")]
    [InlineData("right", 301, "300 seconds")]
    public async Task What_is_not_proved_is_kept_whole_and_changes_nothing(string kind, int offset, string reason)
    {
        var (id, matter) = await world.LinkedAsync();
        await world.ChangeAsync(matter, new { stage = "Retained" });
        var (reads, body) = (await world.ReadsAsync(), LawmaticsWorld.Body("matter.converted", new { matter_id = long.Parse(matter) }, LawmaticsWorld.NewId()));
        world.Host.Clock.Advance(TimeSpan.FromHours(1));

        var (status, problem) = await world.PostAsync(
            body, kind == "wrong" ? "whsec_of-somebody-else" : kind == "missing" ? null : LawmaticsWorld.Secret, TimeSpan.FromSeconds(offset), kind == "prefix" ? new string('0', 64) : null, headerId: "evt_header");

        Assert.Equal(401, status);
        // Whoever guesses is told no more than that.
        using var nobody = await world.Host.Http.PostAsJsonAsync("/api/webhooks/lawmatics/nobody", new { });
        Assert.Equal((await nobody.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), problem.GetProperty("detail").GetString());
        var kept = await world.LastRequestAsync();
        Assert.Equal(("unauthorized", body, false), (kept.State, kept.Raw, kept.Cut));
        Assert.Contains(reason, kept.Reason, StringComparison.Ordinal);
        Assert.Contains(kept.Headers!, header => header.Name == "X-Lawmatics-Timestamp");
        Assert.Contains(kept.Headers!, header => header is { Name: "X-Lawmatics-Event-Id", Value: "evt_header" });
        Assert.Equal((null, reads), ((await world.CaseAsync(id)).Status, await world.ReadsAsync()));
        Assert.Equal(404, await StatusAsync(HttpMethod.Post, $"/api/companies/demo/inbound/{kept.Id}/reprocess"));
        var line = Assert.Single((await world.Host.GetJsonAsync($"/api/companies/demo/audit?subject={kept.Id}")).GetProperty("items").EnumerateArray());
        Assert.Equal(("webhook", "refused"), (line.GetProperty("action").GetString(), line.GetProperty("outcome").GetString()));
    }

    [Theory]
    [InlineData(60_000, false)]
    [InlineData(100_000, true)]
    [InlineData(900_000, true)]
    public async Task Of_one_that_is_not_proved_64_kilobytes_are_kept(int length, bool cut)
    {
        var body = LawmaticsWorld.Body("matter.converted", new { filler = new string('x', length) }, LawmaticsWorld.NewId());

        Assert.Equal(401, (await world.PostAsync(body, "whsec_of-somebody-else")).Status);

        var kept = await world.LastRequestAsync();
        Assert.Equal((cut ? body[..(64 * 1024)] : body, cut), (kept.Raw, kept.Cut));
        var shown = await world.Host.GetJsonAsync($"/api/companies/demo/inbound/{kept.Id}");
        Assert.Equal(kept.Raw, shown.GetProperty("raw").GetString());
    }

    [Fact]
    public async Task The_audit_log_is_told_of_those_that_are_not_proved_once_an_hour()
    {
        world.Host.Clock.Advance(TimeSpan.FromMinutes(61));
        var before = await RefusedAsync();
        for (var n = 0; n < 3; n++)
        {
            await PostAsync("whsec_of-somebody-else");
        }

        Assert.Equal(before + 1, await RefusedAsync());
        world.Host.Clock.Advance(TimeSpan.FromMinutes(61));
        await PostAsync("whsec_of-somebody-else");
        Assert.Equal(before + 2, await RefusedAsync());
        Assert.Contains("one of 3", (await world.Host.AuditAsync("webhook"))[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_proof_needs_is_kept_of_a_request_with_many_headers()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, LawmaticsWorld.Hook) { Content = new StringContent("{}") };
        for (var n = 0; n < 40; n++)
        {
            request.Headers.Add($"X-Gateway-{n}", "1");
        }

        request.Headers.Add("X-Lawmatics-Timestamp", "1700000000");
        request.Headers.Add("X-Lawmatics-Signature", "sha256=00");
        using var answer = await world.Host.Http.SendAsync(request);

        var names = (await world.LastRequestAsync()).Headers!.Select(header => header.Name).ToList();
        Assert.Contains("X-Lawmatics-Signature", names);
        Assert.Contains("X-Lawmatics-Timestamp", names);
    }

    [Fact]
    public async Task Beyond_a_megabyte_the_rest_is_cut_and_nothing_is_proved()
    {
        var body = LawmaticsWorld.Body("matter.converted", new { filler = new string('x', 1_100_000) }, LawmaticsWorld.NewId());

        Assert.Equal(401, (await world.PostAsync(body)).Status);

        Assert.True((await world.LastRequestAsync()).Cut);
    }

    [Fact]
    public async Task Within_five_minutes_the_time_may_be_off()
    {
        foreach (var offset in new[] { -299, 299 })
        {
            Assert.Equal(202, (await world.PostAsync(LawmaticsWorld.Body("matter.created", new { }, LawmaticsWorld.NewId()), offset: TimeSpan.FromSeconds(offset))).Status);
        }
    }

    [Fact]
    public async Task A_body_that_was_changed_on_its_way_is_not_proved()
    {
        var body = LawmaticsWorld.Body("matter.created", new { }, "evt_changed");
        var timestamp = world.Host.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var signature = "sha256=" + LawmaticsWorld.Sign(LawmaticsWorld.Secret, timestamp, System.Text.Encoding.UTF8.GetBytes(body));

        Assert.Equal(401, (await world.PostAsync(body.Replace("evt_changed", "evt_another", StringComparison.Ordinal), signature: signature)).Status);
        Assert.Equal(202, (await world.PostAsync(body, signature: signature)).Status);
    }

    [Fact]
    public async Task While_the_secret_is_changed_both_are_good_and_after_the_overlap_the_new_one_alone()
    {
        const string New = "whsec_demo-client_0002";
        using var changed = await world.SetSecretAsync(New);
        var view = await changed.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(("0002", world.Host.Clock.GetUtcNow().AddHours(24)), (view.GetProperty("lastFour").GetString(), view.GetProperty("previousUntil").GetDateTimeOffset()));
        Assert.Equal((202, 202), (await PostAsync(New), await PostAsync(LawmaticsWorld.Secret)));
        // The same again is no change: the old one keeps its time.
        using var again = await world.SetSecretAsync(New);
        Assert.Equal(202, await PostAsync(LawmaticsWorld.Secret));

        world.Host.Clock.Advance(TimeSpan.FromHours(24));

        Assert.Equal((202, 401), (await PostAsync(New), await PostAsync(LawmaticsWorld.Secret)));
    }

    [Fact]
    public async Task A_secret_that_was_regenerated_in_Lawmatics_is_refused_until_it_is_saved_here()
    {
        var regenerated = (await world.AskAsync(HttpMethod.Post, $"{LawmaticsWorld.Sandbox}/webhook/regenerate-secret", new { })).GetProperty("secret").GetString()!;
        var (id, matter) = await world.LinkedAsync();

        Assert.Equal(401, await SendAsync(matter));
        using var saved = await world.SetSecretAsync(regenerated);
        await world.ChangeAsync(matter, new { stage = "Retained" });
        Assert.Equal(202, await SendAsync(matter));

        await world.Host.EventuallyAsync(async () => (await world.CaseAsync(id)).Status == "active");
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_short")]
    [InlineData("whsec_with a space in it")]
    [InlineData(null)]
    public async Task A_secret_that_is_none_is_named_and_the_one_before_stays(string? secret)
    {
        using var answer = await world.SetSecretAsync(secret);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal("secret", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("field").GetString());
        Assert.Equal(202, await PostAsync(LawmaticsWorld.Secret));
    }

    [Fact]
    public async Task The_secret_is_shown_nowhere()
    {
        Assert.DoesNotContain(LawmaticsWorld.Secret, (await world.Host.ConnectionAsync()).GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(LawmaticsWorld.Secret, await world.Host.Http.GetStringAsync("/api/companies/demo/audit?limit=100"), StringComparison.Ordinal);
        Assert.DoesNotContain(world.Host.Log.Lines, line => line.Contains(LawmaticsWorld.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_names_of_the_headers_the_prefix_and_the_answer_are_settings()
    {
        await world.PatchAsync(new { settings = new { webhook = new { signatureHeader = "X-Sig", signaturePrefix = "v1,", timestampHeader = "X-Time", unverifiedStatus = 202 } } });
        var body = LawmaticsWorld.Body("matter.created", new { }, LawmaticsWorld.NewId());
        var timestamp = world.Host.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, LawmaticsWorld.Hook) { Content = new StringContent(body) };
        request.Headers.Add("X-Time", timestamp);
        request.Headers.TryAddWithoutValidation("X-Sig", "v1," + LawmaticsWorld.Sign(LawmaticsWorld.Secret, timestamp, System.Text.Encoding.UTF8.GetBytes(body)));

        using var answer = await world.Host.Http.SendAsync(request);
        var unproved = await world.PostAsync(body);
        await world.PatchAsync(new { settings = new { webhook = new { signatureHeader = "X-Lawmatics-Signature", signaturePrefix = "sha256=", timestampHeader = "X-Lawmatics-Timestamp" } } });

        Assert.Equal("accepted", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result").GetString());
        Assert.Equal((202, "unauthorized"), (unproved.Status, (await world.LastRequestAsync()).State));
    }

    [Fact]
    public async Task An_unknown_firm_is_refused_and_nothing_is_kept()
    {
        using var answer = await world.Host.Http.PostAsJsonAsync("/api/webhooks/lawmatics/nobody", new { });

        Assert.Equal(401, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Before_the_firm_has_saved_a_secret_the_fault_is_ours_and_Lawmatics_tries_again()
    {
        await using var host = await LawmaticsHost.StartConnectedAsync();
        using var answer = await host.Http.PostAsJsonAsync(LawmaticsWorld.Hook, new { event_type = "matter.converted" });

        Assert.Equal(503, (int)answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("unauthorized", Assert.Single((await host.Get<InboundLog>().ListAsync(LawmaticsHost.Demo, new InboundFilter("lawmatics", null, null), null, 10, default)).Items).State);
    }

    [Fact]
    public async Task A_firm_that_has_neither_connected_nor_saved_a_secret_may_do_so_in_any_order()
    {
        await using var host = await TestHost.StartAsync();
        using var answer = await host.Http.PostAsJsonAsync(LawmaticsWorld.Hook, new { event_type = "matter.converted" });

        Assert.Equal(503, (int)answer.StatusCode);
    }

    [Fact]
    public async Task While_the_firm_is_not_connected_the_fault_is_ours_and_nothing_is_lost()
    {
        await using var host = await LawmaticsHost.StartConnectedAsync();
        using var saved = await host.Http.PutAsJsonAsync($"{LawmaticsHost.Base}/webhook-secret", new { secret = LawmaticsWorld.Secret });
        await host.Get<LawmaticsConnections>().ChangeAsync(LawmaticsHost.Demo, old => old with { Connected = false }, default);
        await SetUrlAsync(host);
        using var sent = await host.Http.PostAsJsonAsync($"{host.SandboxUrl}{LawmaticsWorld.Sandbox}/webhook/send", new { matterId = 1 });

        Assert.Equal(503, (await DeliveriesAsync(host))[0].GetProperty("status").GetInt32());
        await host.Get<LawmaticsConnections>().ChangeAsync(LawmaticsHost.Demo, old => old with { Connected = true }, default);
        await host.EventuallyAsync(async () => (await DeliveriesAsync(host)) is [.., var last] && last.GetProperty("status").GetInt32() == 202, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Another_firms_secret_proves_nothing()
    {
        await world.Host.OpenFirmAsync("demo2");
        using var saved = await world.Host.Http.PutAsJsonAsync("/api/companies/demo2/integrations/lawmatics/webhook-secret", new { secret = "whsec_of_demo2_0001" });
        saved.EnsureSuccessStatusCode();

        Assert.Equal(401, await PostAsync("whsec_of_demo2_0001"));
        Assert.NotEmpty(await world.Host.Get<ISecretStore>().NamesAsync("demo2--lawmatics--webhook-secret", default));
    }

    private async Task<int> PostAsync(string secret) => (await world.PostAsync(LawmaticsWorld.Body("matter.created", new { }, LawmaticsWorld.NewId()), secret)).Status;

    private async Task<int> RefusedAsync() =>
        (await world.Host.GetJsonAsync("/api/companies/demo/audit?crm=lawmatics&action=webhook&outcome=refused&limit=100")).GetProperty("items").GetArrayLength();

    private async Task<int> StatusAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await world.Host.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private async Task<int> SendAsync(string matter)
    {
        var sent = await world.AskAsync(HttpMethod.Post, $"{LawmaticsWorld.Sandbox}/webhook/send", new { matterId = long.Parse(matter) });
        var id = sent.GetProperty("eventId").GetString();
        return (await DeliveriesAsync(world.Host)).Last(delivery => delivery.GetProperty("eventId").GetString() == id).GetProperty("status").GetInt32();
    }

    private static async Task SetUrlAsync(TestHost host)
    {
        using var set = await host.Http.PutAsJsonAsync($"{host.SandboxUrl}{LawmaticsWorld.Sandbox}/webhook", new { url = host.Url + LawmaticsWorld.Hook });
        set.EnsureSuccessStatusCode();
    }

    private static async Task<IReadOnlyList<JsonElement>> DeliveriesAsync(TestHost host) =>
        [.. (await host.GetJsonAsync($"{host.SandboxUrl}{LawmaticsWorld.Sandbox}/webhook?settled=true")).GetProperty("deliveries").EnumerateArray()];
}
