using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Cases;
using Kayse.Core.Cases.Import;
using Kayse.Core.Storage;
using Kayse.Core.Sync;
using Kayse.Core.Webhooks;
using Kayse.Core.Workflows;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Imports;

public sealed class ImportRunTests(ImportHost at) : IClassFixture<ImportHost>
{
    private const string Header = "Lead ID,Contact ID,First Name,Last Name,Email,Phone,Case Type,Status,Created Date,Custom1234";

    [Fact]
    public async Task A_row_becomes_a_case_and_a_client_as_a_webhook_makes_them()
    {
        var lead = WebhookHost.NewLead();

        var import = await at.ImportAsync(ImportHost.Csv(Header, $"{lead},c{lead},Ana,Ruiz,ana@example.com,(505) 555-0142,Zantac,New Lead,11/20/2026 3:14:00 PM,=1+1"), "skip");

        Assert.Equal(("completed", 1, 1), (import.GetProperty("state").GetString(), import.GetProperty("rows").GetInt32(), import.GetProperty("done").GetInt32()));
        var matter = (await at.At.CaseAsync(lead))!;
        Assert.Equal(("Ana Ruiz – Zantac", "Zantac", "New Lead", "lawruler"), (matter.Name, matter.CaseType, matter.Status, matter.StatusOrigin));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 15, 14, 0, TimeSpan.FromHours(-5)), matter.ExternalCreatedAt);
        Assert.Equal("=1+1", matter.Fields.Values["Custom1234"]);
        var client = await at.At.ClientAsync(lead);
        Assert.Equal(($"c{lead}", "ana@example.com", "+15055550142"), (client.ExternalSourceId, client.Email, client.Phone));
        // A later webhook finds it.
        Assert.Equal("updated", (await at.At.PostAsync(lead, ("Status", "Signed"))).Result);
    }

    [Theory]
    [InlineData("skip", "Ana", "New Lead", "ana@example.com", null)]
    [InlineData("update", "Bea", "Signed", "ana@example.com", "Yes")]
    [InlineData("merge", "Ana", "New Lead", "ana@example.com", "Yes")]
    public async Task A_row_of_a_known_lead_is_left_out_or_laid_over_or_fills_in(string duplicates, string first, string status, string email, string? custom)
    {
        var lead = WebhookHost.NewLead();
        await at.At.PostAsync(lead);
        at.Host.Clock.Advance(TimeSpan.FromSeconds(1));

        var import = await at.ImportAsync(ImportHost.Csv(Header, $"{lead},c{lead},Bea,Ruiz,,505-555-0142,Zantac,Signed,,Yes"), duplicates);

        var (matter, client) = ((await at.At.CaseAsync(lead))!, await at.At.ClientAsync(lead));
        Assert.Equal((first, status, email, custom), (client.FirstName, matter.Status, client.Email, matter.Fields.Values.GetValueOrDefault("Custom1234")));
        Assert.Equal(duplicates == "skip" ? null : "+15055550142", client.Phone);
        Assert.Equal(duplicates switch { "skip" => (0, 0, 0, 1, 0), "update" => (0, 1, 0, 0, 0), _ => (0, 0, 1, 0, 0) }, ImportHost.Counts(import));
        Assert.Equal(duplicates == "update" ? ["Signed by lawruler"] : Array.Empty<string>(), await at.At.StatusEventsAsync(lead));
    }

    [Fact]
    public async Task A_file_is_not_law_ruler_speaking_and_leaves_a_change_of_Kayses_that_is_on_its_way()
    {
        var lead = WebhookHost.NewLead();
        await at.At.PostAsync(lead);
        await at.Host.FaultAsync(new { system = "lawruler", operation = "getstatus", kind = "503", count = 1000, applied = "no" });
        await at.Host.SendAsync(new
        {
            id = $"evt_imp{lead}",
            type = "case_status_changed",
            occurredAt = at.Host.Clock.GetUtcNow(),
            companyId = "demo",
            @case = new { externalSource = "lawruler", externalSourceId = $"{lead}" },
            data = new { status = "Approved", origin = "kayse" },
        });
        await at.Host.EventuallyAsync(async () => (await at.At.CaseAsync(lead))!.StatusByKayse is not null);
        at.Host.Clock.Advance(TimeSpan.FromSeconds(1));

        var import = await at.ImportAsync(ImportHost.Csv(Header, $"{lead},c{lead},Bea,Ruiz,,,Zantac,Signed,,"), "update");

        var matter = (await at.At.CaseAsync(lead))!;
        Assert.Equal(("Approved", "New Lead", KayseStatusState.Due), (matter.Status, matter.StatusInCrm, matter.StatusByKayse!.State));
        Assert.Equal((0, 1, 0, 0, 0), ImportHost.Counts(import));
        using var clear = await at.Host.Http.DeleteAsync($"{at.Host.SandboxUrl}/_sandbox/faults");
    }

    [Fact]
    public async Task A_status_of_a_file_does_not_count_as_what_law_ruler_has()
    {
        var lead = WebhookHost.NewLead();
        await at.At.PostAsync(lead);
        at.Host.Clock.Advance(TimeSpan.FromSeconds(1));

        await at.ImportAsync(ImportHost.Csv(Header, $"{lead},c{lead},Bea,Ruiz,,,Zantac,Signed,,"), "update");

        Assert.Equal(("Signed", "New Lead"), ((await at.At.CaseAsync(lead))!.Status, (await at.At.CaseAsync(lead))!.StatusInCrm));
    }

    [Fact]
    public async Task Create_makes_a_further_case_and_webhooks_go_on_to_the_first()
    {
        var lead = WebhookHost.NewLead();
        await at.At.PostAsync(lead);
        var first = (await at.At.CaseAsync(lead))!.Id;

        var import = await at.ImportAsync(ImportHost.Csv(Header, $"{lead},c{lead},Bea,Ruiz,,,Roundup,Signed,,"), "create");

        Assert.Equal((1, 0, 0, 0, 0), ImportHost.Counts(import));
        var cases = await at.CasesAsync(lead);
        Assert.Equal(["Roundup", "Zantac"], cases.Select(matter => matter.CaseType).Order(StringComparer.Ordinal));
        Assert.Equal(first, (await at.At.CaseAsync(lead))!.Id);
    }

    [Theory]
    [InlineData("skip", 1, "A")]
    [InlineData("update", 1, "C")]
    [InlineData("merge", 1, "A")]
    [InlineData("create", 3, null)]
    public async Task Rows_of_one_lead_in_one_file_are_duplicates_of_the_first_in_their_order(string duplicates, int cases, string? first)
    {
        var lead = WebhookHost.NewLead();

        await at.ImportAsync(ImportHost.Csv("Lead ID,Contact ID,First Name", $"{lead},c{lead},A", $"{lead},c{lead},B", $"{lead},c{lead},C"), duplicates);

        Assert.Equal(cases, (await at.CasesAsync(lead)).Count);
        Assert.True(first is null || (await at.At.ClientAsync(lead)).FirstName == first);
    }

    [Fact]
    public async Task A_status_that_came_after_the_file_stays()
    {
        var lead = WebhookHost.NewLead();
        await at.At.PostAsync(lead);
        var id = (await at.UploadAsync(ImportHost.Csv(Header, $"{lead},c{lead},Ana,Ruiz,,,Zantac,Old Status,,"))).GetProperty("id").GetString()!;
        at.Host.Clock.Advance(TimeSpan.FromSeconds(5));
        await at.At.PostAsync(lead, ("Status", "Signed"));

        await at.StartAsync(id, "update");
        await at.EndAsync(id);

        Assert.Equal("Signed", (await at.At.CaseAsync(lead))!.Status);
    }

    [Fact]
    public async Task Every_refused_row_is_in_the_report_by_row_and_column_and_the_others_are_imported()
    {
        var lead = WebhookHost.NewLead();
        var import = await at.ImportAsync(
            ImportHost.Csv(
                "Lead ID,Primary Contact ID,First Name,DOB,Phone",
                $"{lead},c1,Ana,1/1/2000,5055550142",
                ",c2,Bea,,",
                "=HYPERLINK(1),c3,Cy,,",
                $"{lead}9,,Di,,",
                $"{lead}8,c 5,Ed,,,,extra",
                $"{lead}7,c6,Flo,never,call me",
                "\"\n\",\" \",,,"),
            "skip");

        Assert.Equal(("completed_with_problems", (2, 0, 0, 0, 4)), (import.GetProperty("state").GetString(), ImportHost.Counts(import)));
        var id = import.GetProperty("id").GetString()!;
        var notes = (await at.GetAsync(id, "/report")).GetProperty("items").EnumerateArray()
            .SelectMany(note => note.GetProperty("errors").EnumerateArray().Select(error => $"{note.GetProperty("row").GetInt32()} {note.GetProperty("kind").GetString()} {error.GetProperty("field").GetString()}"));
        Assert.Equal(["3 refused Lead ID", "4 refused Lead ID", "5 refused Primary Contact ID", "6 refused Primary Contact ID", "6 refused Column 6", "7 warning Phone", "7 warning DOB"], notes);
        var workflow = (await at.Host.WorkflowAsync(import.GetProperty("workflow").GetString()!))!.Value;
        Assert.Equal("completed_with_problems", workflow.GetProperty("state").GetString());
        Assert.Contains("6 of 6 rows: 2 created", workflow.GetProperty("steps")[0].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_report_is_paged_and_its_csv_runs_no_formula()
    {
        var lines = Enumerable.Range(0, 1200).Select(i => i % 2 == 0 ? "=cmd|x,c" : ",c").Prepend("Lead ID,Contact ID");
        var id = (await at.ImportAsync(ImportHost.Csv([.. lines]), "skip")).GetProperty("id").GetString()!;

        var rows = new List<int>();
        var next = string.Empty;
        do
        {
            var page = await at.GetAsync(id, $"/report?limit=97{next}");
            rows.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("row").GetInt32()));
            next = page.GetProperty("next").GetString() is { } cursor ? $"&after={cursor}" : null;
        }
        while (next is not null);
        using var answer = await at.Host.Http.GetAsync($"/api/companies/demo/imports/{id}/report?format=csv");
        var csv = (await answer.Content.ReadAsStringAsync()).Split(Environment.NewLine);

        Assert.Equal(Enumerable.Range(2, 1200), rows);
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("row,lead id,kind,column,message", csv[0]);
        Assert.StartsWith("\"2\",\"'=cmd|x\",\"refused\",\"Lead ID\",\"Expected", csv[1], StringComparison.Ordinal);
        Assert.Equal(1202, csv.Length);
    }

    [Fact]
    public async Task Imported_cases_join_the_list_that_was_chosen_and_those_whose_rules_they_match()
    {
        foreach (var list in new[] { "chosen", "ruled" })
        {
            using var made = await at.Host.Http.PostAsJsonAsync("/api/companies/demo/lists", new { id = list, name = list });
            made.EnsureSuccessStatusCode();
        }

        using var rule = await at.Host.Http.PutAsJsonAsync("/api/companies/demo/lists/ruled/auto-add", new { enabled = true, onlyOnFirstSync = true, caseTypes = new[] { "Roundup" } });
        rule.EnsureSuccessStatusCode();
        var (one, two) = (WebhookHost.NewLead(), WebhookHost.NewLead());

        await at.ImportAsync(ImportHost.Csv("Lead ID,Contact ID,Case Type", $"{one},c1,Roundup", $"{two},c2,Zantac"), "skip", "chosen");

        var lists = at.Host.Get<CaseLists>();
        foreach (var (lead, isRuled) in new[] { (one, true), (two, false) })
        {
            var id = (await at.At.CaseAsync(lead))!.Id;
            Assert.Equal((true, isRuled), (await lists.ContainsAsync(WebhookHost.Demo, "chosen", id, default), await lists.ContainsAsync(WebhookHost.Demo, "ruled", id, default)));
        }

        var upload = (await at.UploadAsync(ImportHost.Csv("Lead ID,Contact ID", "1,2"))).GetProperty("id").GetString()!;
        var (status, json) = await at.StartAsync(upload, "skip", "nowhere");
        Assert.Equal((HttpStatusCode.BadRequest, "listId"), (status, json.GetProperty("errors")[0].GetProperty("field").GetString()));
        (status, json) = await at.StartAsync(upload, "sometimes");
        Assert.Equal((HttpStatusCode.BadRequest, "duplicates"), (status, json.GetProperty("errors")[0].GetProperty("field").GetString()));
    }

    [Fact]
    public async Task Logs_workflows_and_the_audit_log_hold_nothing_of_the_file()
    {
        var lead = WebhookHost.NewLead();
        var import = await at.ImportAsync(ImportHost.Csv("Lead ID,Contact ID,First Name,Email", $"{lead},c1,Zebulona,zebulona@example.com", "bad!,c2,Quixwortha,"), "skip");

        string[] personal = ["Zebulona", "Quixwortha", "zebulona@example.com", "bad!"];
        Assert.DoesNotContain(at.Host.Log.Lines, line => personal.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)));
        var store = at.Host.Get<IEntityStore>();
        foreach (var table in new[] { Tables.Workflows, Tables.Imports, Tables.Audit, Tables.Pending })
        {
            await foreach (var partition in store.PartitionsAsync(table, "demo", default))
            {
                Assert.DoesNotContain((await store.QueryAsync(table, partition, new RowRange(), 1000, default)).Rows, row => personal.Any(word => System.Text.Encoding.UTF8.GetString(row.Json.Span).Contains(word, StringComparison.OrdinalIgnoreCase)));
            }
        }

        var audit = (await at.Host.Get<AuditLog>().ListAsync(WebhookHost.Demo, null, 300, default)).Items.Where(line => line.Action == "import" && line.Subject == import.GetProperty("id").GetString());
        Assert.Equal(["done", "started"], audit.Select(line => line.Outcome).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_part_that_two_runs_import_at_once_and_again_counts_and_creates_each_row_once()
    {
        var leads = Enumerable.Range(0, 40).Select(_ => WebhookHost.NewLead()).ToList();
        await at.At.PostAsync(leads[0]);
        var id = (await at.UploadAsync(ImportHost.Csv([.. leads.Select(lead => $"{lead},c{lead},x").Prepend("Lead ID,Contact ID,First Name")]))).GetProperty("id").GetString()!;
        await at.Host.Get<ImportStore>().ChangeAsync(WebhookHost.Demo, id, old => old with { State = ImportStates.Running, Duplicates = "create" }, default);
        var run = at.Host.Get<ImportRun>();
        var input = new ImportInput(WebhookHost.Demo, id);

        await Task.WhenAll(run.RunAsync(input, default), run.RunAsync(input, default));
        // As a crash before the cursor leaves it.
        await at.Host.Get<ImportStore>().ChangeAsync(WebhookHost.Demo, id, old => old with { State = ImportStates.Running, NextChunk = 0, Counts = new ImportCounts(), EndedAt = null }, default);
        await run.RunAsync(input, default);

        var import = await at.GetAsync(id);
        Assert.Equal((40, 0, 0, 0, 0), ImportHost.Counts(import));
        var cases = new List<int>();
        foreach (var lead in leads)
        {
            cases.Add((await at.CasesAsync(lead)).Count);
        }

        Assert.Equal(Enumerable.Repeat(1, 39).Prepend(2), cases);
    }

    [Fact]
    public async Task An_import_whose_rows_are_gone_fails_after_some_attempts_and_says_so()
    {
        var id = (await at.UploadAsync(ImportHost.Csv("Lead ID,Contact ID", "1,2"))).GetProperty("id").GetString()!;
        await at.Host.Get<IBlobStore>().DeleteAsync($"demo/imports/{id}/rows-00000", default);
        await at.StartAsync(id, "skip");

        var import = await at.EndAsync(id, TimeSpan.FromSeconds(30));

        Assert.Equal("failed", import.GetProperty("state").GetString());
        Assert.Contains("Broken off", import.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("failed", (await at.Host.WorkflowAsync($"import.{id}"))!.Value.GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_import_that_is_terminated_shows_it()
    {
        var id = (await at.UploadAsync(ImportHost.Csv("Lead ID,Contact ID", "1,2"))).GetProperty("id").GetString()!;
        await at.Host.Get<ImportStore>().ChangeAsync(WebhookHost.Demo, id, old => old with { State = ImportStates.Running }, default);
        // A workflow that waits stands for one that is at work.
        var waits = new WebhookRetryInput(new DeliveryKey(WebhookHost.Demo, "sub_1", "evt_1", "dlv_1"), at.Host.Clock.GetUtcNow().AddYears(1));
        await at.Host.Get<WorkflowRecords>().StartAsync(
            WebhookHost.Demo, $"import.{id}", WebhookRetryWorkflow.Name, id, JsonSerializer.SerializeToUtf8Bytes(waits, KayseJson.Default.WebhookRetryInput), default);
        using var ended = await at.Host.Http.PostAsync($"/api/companies/demo/workflows/import.{id}/terminate", null);
        ended.EnsureSuccessStatusCode();

        Assert.Equal("terminated", (await at.GetAsync(id)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_file_and_its_report_are_purged_after_thirty_days()
    {
        var id = (await at.ImportAsync(ImportHost.Csv("Lead ID,Contact ID", ",2"), "skip")).GetProperty("id").GetString()!;

        await PurgeAfterAsync(29);
        Assert.Single((await at.GetAsync(id, "/report")).GetProperty("items").EnumerateArray());

        await PurgeAfterAsync(31);
        using var answer = await at.Host.Http.GetAsync($"/api/companies/demo/imports/{id}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        await foreach (var blob in at.Host.Get<IBlobStore>().ListAsync($"demo/imports/{id}", default))
        {
            Assert.Fail($"{blob} is still there.");
        }
    }

    private Task PurgeAfterAsync(double days)
    {
        var later = new ManualClock(at.Host.Clock.GetUtcNow().AddDays(days));
        return at.Host.Get<ImportStore>().PurgeAsync(WebhookHost.Demo, later.GetUtcNow().AddDays(-at.Host.Get<RetentionPeriods>().ImportDays), default);
    }
}
