using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

/// <summary>Documents in Law Ruler's document storage.</summary>
public sealed class DocumentTests(ChainFixture fixture) : IClassFixture<ChainFixture>
{
    private readonly TestHost _host = fixture.Host;

    [Theory]
    [InlineData("doc_png", 910001, "Photo 1.PNG", "image/png")]
    [InlineData("doc_jpg", 910002, "scan.jpg", "image/jpeg")]
    [InlineData("doc_pdf", 910003, "Pharmacy receipts.pdf", "application/pdf")]
    public async Task A_document_is_uploaded_byte_for_byte_to_recordings_with_our_id(string id, long lead, string name, string contentType)
    {
        var workflow = await Deliveries.RunDocumentAsync(_host, id, lead, name, contentType);

        Assert.Equal(("done", null), Deliveries.Step(workflow));
        var document = Assert.Single(Chain.Documents(await _host.LeadAsync(lead)));
        Assert.Equal(("/recordings", name, "Document"), (Chain.Text(document, "folder"), Chain.Text(document, "name"), Chain.Text(document, "formName")));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"the bytes of {id}"))), Chain.Text(document, "sha256"));
        Assert.Equal(id, Chain.Text(document.GetProperty("metadata"), "DocumentId"));
        Assert.Contains($"{contentType}, ", Chain.Text((await _host.SandboxRequestsAsync("upload"))[^1], "body"), StringComparison.Ordinal);
        Assert.Null(await _host.Get<IBlobStore>().OpenAsync($"demo/recordings/document.{id}", CancellationToken.None));
    }

    [Fact]
    public async Task However_often_its_events_come_it_is_uploaded_once()
    {
        await Deliveries.RunDocumentAsync(_host, "doc_d2", 910004, "receipt.pdf");
        await _host.SendAsync(Deliveries.Document(_host, "doc_d2", 910004, "receipt.pdf", type: "document.approved"));
        await _host.SendAsync(Deliveries.Document(_host, "doc_d2", 910004, "receipt.pdf"));
        await Deliveries.NothingPendingAsync(_host);

        Assert.Single(Chain.Documents(await _host.LeadAsync(910004)));
        Assert.Null(await _host.WorkflowAsync("document.doc_d2.r1"));
    }

    [Fact]
    public async Task Two_documents_of_one_name_are_both_there()
    {
        await Deliveries.RunDocumentAsync(_host, "doc_d3a", 910005, "receipt.pdf");
        await Deliveries.ServeAsync(_host, "doc_d3b", 200);
        await _host.SendAsync(Deliveries.Document(_host, "doc_d3b", 910005, "receipt.pdf"));
        await _host.EndOfWorkflowAsync("document.doc_d3b", Chain.Second);
        Assert.Equal(["doc_d3a", "doc_d3b"], Chain.Documents(await _host.LeadAsync(910005)).Select(document => Chain.Text(document.GetProperty("metadata"), "DocumentId")));
    }

    [Theory]
    [InlineData("doc_csv", 910011, "payments.csv", "payments.txt")]
    [InlineData("doc_mp3", 910012, "voicemail.mp3", "voicemail.wav")]
    [InlineData("doc_cyr", 910013, "\u0441\u043f\u0440\u0430\u0432\u043a\u0430.pdf", "spravka.pdf")]
    public async Task What_Law_Ruler_would_drop_is_sent_under_a_name_that_it_takes_and_the_step_says_so(string id, long lead, string given, string sent)
    {
        var (state, reason) = Deliveries.Step(await Deliveries.RunDocumentAsync(_host, id, lead, given));
        Assert.Equal("done", state);
        Assert.Contains("under another name", reason, StringComparison.Ordinal);
        Assert.Equal(sent, Chain.Text(Assert.Single(Chain.Documents(await _host.LeadAsync(lead))), "name"));
    }

    [Theory]
    [InlineData("doc_han", 910021, "\u6587\u4ef6.pdf", "documentNames.transliteration")]
    [InlineData("doc_exe", 910022, "setup.exe", "documentNames.refusedExtensions")]
    public async Task A_name_that_cannot_be_sent_is_refused_with_the_reason_and_nothing_is_uploaded(string id, long lead, string name, string setting)
    {
        var workflow = await Deliveries.RunDocumentAsync(_host, id, lead, name);
        Assert.Equal("completed_with_problems", Chain.Text(workflow, "state"));
        Assert.Contains(setting, Deliveries.Step(workflow).Reason, StringComparison.Ordinal);
        Assert.Equal(0, await Chain.CountAsync(_host, "upload", lead));
        Assert.Equal(("refused", Deliveries.Step(workflow).Reason), (await Deliveries.AuditAsync(_host, $"document.{id}"))[0]);
    }

    [Fact]
    public async Task A_document_that_Law_Ruler_takes_and_never_shows_is_found_and_can_be_sent_again_when_the_cause_is_mended()
    {
        await _host.PatchSettingsAsync(new { settings = new { documentNames = new { renamedExtensions = new { mp3 = "wav" } } } });
        var dropped = await Deliveries.RunDocumentAsync(_host, "doc_d4", 910031, "payments.csv", "text/csv");

        Assert.Equal(("refused", "completed_with_problems"), (Deliveries.Step(dropped).State, Chain.Text(dropped, "state")));
        Assert.StartsWith("Law Ruler said that it took the document, and does not list it", Deliveries.Step(dropped).Reason, StringComparison.Ordinal);
        Assert.Equal(1, await Chain.CountAsync(_host, "upload", 910031));
        Assert.Equal("refused", (await Deliveries.AuditAsync(_host, "document.doc_d4"))[0].Outcome);

        await _host.PatchSettingsAsync(new { settings = new { documentNames = new { renamedExtensions = new { csv = "txt", mp3 = "wav" } } } });
        var mended = await Deliveries.RerunAsync(_host, "document.doc_d4", "document");
        Assert.Equal("done", Deliveries.Step(mended).State);
        Assert.Equal("payments.txt", Chain.Text(Assert.Single(Chain.Documents(await _host.LeadAsync(910031))), "name"));
    }

    [Fact]
    public async Task A_document_that_is_gone_is_refused_and_one_above_the_limit_names_the_setting()
    {
        await Chain.LeadAsync(_host, 910041);
        await Deliveries.ServeAsync(_host, "doc_d5", 410);
        await _host.SendAsync(Deliveries.Document(_host, "doc_d5", 910041, "gone.pdf"));
        var gone = await _host.EndOfWorkflowAsync("document.doc_d5", Chain.Second);

        await _host.PatchSettingsAsync(new { settings = new { maxDocumentMegabytes = 1 } });
        (await _host.Http.PutAsJsonAsync($"{_host.SandboxUrl}/_sandbox/receiver/doc_d6", new { status = 200, bodyBytes = 1_048_577 })).EnsureSuccessStatusCode();
        await _host.SendAsync(Deliveries.Document(_host, "doc_d6", 910041, "large.pdf"));
        var large = await _host.EndOfWorkflowAsync("document.doc_d6", Chain.Second);
        await _host.PatchSettingsAsync(new { settings = new { maxDocumentMegabytes = 100 } });

        Assert.Equal(("refused", "The document is not at its address any more."), Deliveries.Step(gone));
        Assert.Equal(("refused", "The document is larger than 1 MB (setting maxDocumentMegabytes)."), Deliveries.Step(large));
    }

    [Fact]
    public async Task Outside_development_a_document_on_a_private_address_is_refused()
    {
        await using var host = await TestHost.StartAsync(new Dictionary<string, string?> { ["Outbound:AllowPrivateDestinations"] = "false" });
        await Chain.LeadAsync(host, 910051);
        var sent = Deliveries.Document(host, "doc_d7", 910051, "x.pdf");
        sent["data"]!["document"]!["url"] = "https://169.254.169.254/x.pdf";
        await host.SendAsync(sent);
        Assert.Equal(("refused", "The document's address is refused: it is not a public address."), Deliveries.Step(await host.EndOfWorkflowAsync("document.doc_d7", Chain.Second)));
    }

    [Fact]
    public async Task Over_the_Key_pages_it_is_uploaded_and_the_step_says_that_nobody_can_look()
    {
        await _host.PatchSettingsAsync(new { settings = new { recordingTransport = "KeyApi" } });
        var workflow = await Deliveries.RunDocumentAsync(_host, "doc_d8", 910061, "receipt.pdf");
        await _host.PatchSettingsAsync(new { settings = new { recordingTransport = "AdvancedApi" } });
        Assert.Equal("done", Deliveries.Step(workflow).State);
        Assert.Contains("Kayse cannot look", Deliveries.Step(workflow).Reason, StringComparison.Ordinal);
        Assert.Equal("receipt.pdf", Chain.Text(Assert.Single(Chain.Documents(await _host.LeadAsync(910061))), "name"));
    }

    [Theory]
    [InlineData("""{"renamedExtensions":{".csv":"txt"}}""", "settings.documentNames.renamedExtensions")]
    [InlineData("""{"refusedExtensions":["EXE"]}""", "settings.documentNames.refusedExtensions")]
    [InlineData("""{"transliteration":{"ab":"c"}}""", "settings.documentNames.transliteration")]
    [InlineData("""{"transliteration":{"\u03bb":"\u03bb"}}""", "settings.documentNames.transliteration")]
    [InlineData("""{"somethingElse":1}""", "settings.documentNames.somethingElse")]
    public async Task A_policy_that_makes_no_sense_is_refused_and_the_field_is_named(string policy, string field)
    {
        using var patch = new StringContent($$$"""{"settings":{"documentNames":{{{policy}}}}}""", Encoding.UTF8, "application/json");
        using var answer = await _host.Http.PatchAsync("/api/companies/demo/integrations/lawruler/settings", patch);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"\"{field}\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
