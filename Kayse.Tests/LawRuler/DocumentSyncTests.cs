using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kayse.Sandbox;

namespace Kayse.Tests.LawRuler;

public sealed class DocumentSyncTests
{
    [Fact]
    public async Task Documents_do_not_come_unless_they_are_switched_on()
    {
        await using var at = await SyncHost.StartAsync();
        await at.LeadsAsync(885001, 1);
        await UploadAsync(at, 885001, "Retainer.pdf");

        Assert.Equal("done done", Chain.States(await at.RunAsync()));

        Assert.Empty(await DocumentsAsync(at, 885001));
        Assert.Empty(await at.Host.SandboxRequestsAsync("download"));
    }

    [Fact]
    public async Task Documents_of_a_changed_lead_come_once_from_every_folder_and_what_Kayse_uploaded_stays_out()
    {
        await using var at = await SyncHost.StartAsync(new { receiveDocuments = true, pageSize = 2 });
        await Chain.RunAsync(at.Host, "call_doc", 885001);
        foreach (var (name, folder) in new[] { ("Retainer.pdf", "/"), ("Photo.png", "/photos"), ("Letter.docx", "/letters/2026"), ("Report.pdf", "/"), ("Bill.pdf", "/") })
        {
            await UploadAsync(at, 885001, name, folder);
        }

        await at.RunAsync();
        var first = (await at.Host.SandboxRequestsAsync("download")).Count;
        await at.RunAsync();

        var documents = await DocumentsAsync(at, 885001);
        Assert.Equal(["Bill.pdf", "Letter.docx", "Photo.png", "Report.pdf", "Retainer.pdf"], documents.Select(document => Chain.Text(document, "name")).Order(StringComparer.Ordinal));
        Assert.Equal((5, 5), (first, (await at.Host.SandboxRequestsAsync("download")).Count));
        Assert.Equal("/letters/2026", Chain.Text(documents.Single(document => Chain.Text(document, "name") == "Letter.docx"), "folder"));
        var route = $"/api/companies/demo/cases/{(await at.CaseAsync(885001))!.Id}/documents/{Chain.Text(documents[0], "id")}/content";
        Assert.Equal(2000, (await at.Host.Http.GetByteArrayAsync(route)).Length);
    }

    [Theory]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("401")]
    [InlineData("reset")]
    [InlineData("html200")]
    [InlineData("empty200")]
    [InlineData("truncated")]
    public async Task A_download_that_fails_is_made_again(string kind)
    {
        await using var at = await SyncHost.StartAsync(new { receiveDocuments = true });
        await at.LeadsAsync(885001, 1);
        await UploadAsync(at, 885001, "Retainer.pdf");
        await at.Host.FaultAsync(new { system = "lawruler", operation = "download", kind, count = 1, applied = "before" });

        Assert.Equal("done done done", Chain.States(await at.RunAsync()));

        var document = Assert.Single(await DocumentsAsync(at, 885001));
        var content = await at.Host.Http.GetByteArrayAsync($"/api/companies/demo/cases/{(await at.CaseAsync(885001))!.Id}/documents/{Chain.Text(document, "id")}/content");
        Assert.Equal(2000, content.Length);
    }

    [Fact]
    public async Task A_document_that_is_too_large_is_listed_with_the_reason_and_holds_up_no_other()
    {
        await using var at = await SyncHost.StartAsync(new { receiveDocuments = true, maxDocumentMegabytes = 1 });
        await at.LeadsAsync(885001, 1);
        await UploadAsync(at, 885001, "Large.pdf", size: 1_200_000);
        await UploadAsync(at, 885001, "Small.pdf");

        await at.RunAsync();

        var documents = await DocumentsAsync(at, 885001);
        Assert.Contains("larger than 1 MB", Chain.Text(documents.Single(document => Chain.Text(document, "name") == "Large.pdf"), "problem"), StringComparison.Ordinal);
        Assert.Equal(2, documents.Count);
    }

    internal static async Task<IReadOnlyList<JsonElement>> DocumentsAsync(SyncHost at, long lead) =>
        [.. (await at.Host.GetJsonAsync($"/api/companies/demo/cases/{(await at.CaseAsync(lead))!.Id}/documents")).GetProperty("items").EnumerateArray()];

    /// <summary>Uploads as a person in Law Ruler would: without the metadata that Kayse writes.</summary>
    internal static async Task UploadAsync(SyncHost at, long lead, string name, string folder = "/", int size = 2000)
    {
        using var signIn = await at.Host.Http.PostAsync($"{at.Host.SandboxUrl}/lawruler/demo/identity/connect/token", new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "password",
            ["username"] = SandboxDefaults.Username,
            ["password"] = SandboxDefaults.Password,
            ["client_id"] = SandboxDefaults.ClientId,
            ["client_secret"] = SandboxDefaults.ClientSecret,
        }));
        var token = JsonDocument.Parse(await signIn.Content.ReadAsStringAsync()).RootElement.GetProperty("access_token").GetString();
        using var form = new MultipartFormDataContent { { new StringContent($"{lead}"), "LeadID" }, { new StringContent(folder), "Folder" }, { new ByteArrayContent(Encoding.ASCII.GetBytes(new string('x', size))), "File", name } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{at.Host.SandboxUrl}/lawruler/demo/ApiDocuments/Upload") { Content = form };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await at.Host.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }
}
