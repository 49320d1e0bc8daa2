using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Kayse.Core.Cases.Import;
using Kayse.Core.Storage;
using Kayse.Tests.LawRuler;

namespace Kayse.Tests.Imports;

public sealed class ImportUploadTests(ImportHost at) : IClassFixture<ImportHost>
{
    private const string Header = "Lead ID,Contact ID,First Name,Case Type,Status,Custom1234";

    [Fact]
    public async Task A_file_comes_as_a_part_of_a_form_as_the_body_or_as_pasted_text()
    {
        using var form = new MultipartFormDataContent { { new StringContent("x"), "note" }, { new ByteArrayContent(ImportHost.Csv(Header, "1,2,Ana")), "file", "leads.csv" } };
        var (status, json) = await at.PostAsync(form);
        Assert.Equal((HttpStatusCode.Created, "leads.csv"), (status, json.GetProperty("fileName").GetString()));

        using var pastedForm = new MultipartFormDataContent { { new StringContent(Header + "\n1,2,Ana"), "text" } };
        Assert.Equal(HttpStatusCode.Created, (await at.PostAsync(pastedForm)).Status);

        var body = await at.UploadAsync(ImportHost.Csv(Header, "1,2,Ana"));
        Assert.Equal(("uploaded", "text", "utf-8", 1), (body.GetProperty("state").GetString(), body.GetProperty("format").GetString(), body.GetProperty("encoding").GetString(), body.GetProperty("rows").GetInt32()));

        (status, json) = await at.PostAsync(JsonContent.Create(new { text = "Lead ID\tContact ID\n1\t2\n" }));
        Assert.Equal((HttpStatusCode.Created, 2), (status, json.GetProperty("columns").GetArrayLength()));
    }

    [Fact]
    public async Task A_workbook_is_taken_as_well_as_text()
    {
        var import = await at.UploadAsync(Workbook.Of(["Lead ID", "Contact ID"], ["1", "2"], ["3", "4"]));

        Assert.Equal(("xlsx", 2), (import.GetProperty("format").GetString(), import.GetProperty("rows").GetInt32()));
        Assert.Equal(["Lead ID", "Contact ID"], import.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("field").GetString()));
    }

    [Fact]
    public async Task The_encoding_is_told_and_a_guess_is_a_warning()
    {
        var import = await at.UploadAsync(Encoding.Latin1.GetBytes(Header + "\n1,2,José"));

        Assert.Equal("windows-1252", import.GetProperty("encoding").GetString());
        Assert.Contains("Windows-1252", import.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
        var preview = await at.GetAsync(import.GetProperty("id").GetString()!, "/preview");
        Assert.Equal("José", preview.GetProperty("rows")[0].GetProperty("values").GetProperty("First Name").GetString());
    }

    public static TheoryData<string, byte[]> Refused => new()
    {
        { "The file is empty", [] },
        { "no rows below it", ImportHost.Csv(Header) },
        { "no rows below it", ImportHost.Csv(Header, " , ,", "") },
        { "old form (.xls)", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1] },
        { "no .xlsx workbook that can be read", [(byte)'P', (byte)'K', 3, 4, 9, 9] },
        { "no text", [0x25, 0x50, 0x44, 0x46, 0, 0, 0, 0, 1] },
        { "Row 3 has a quote that is not closed", ImportHost.Csv(Header, "1,2", "3,\"4") },
        { "more than 300 columns", ImportHost.Csv(string.Join(',', Enumerable.Range(0, 302).Select(i => $"c{i}")), "1") },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_file_that_cannot_be_imported_is_refused_with_the_reason_and_nothing_is_kept(string reason, byte[] file)
    {
        var before = await KeptAsync();

        var (status, json) = await at.PostAsync(new ByteArrayContent(file));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        var error = json.GetProperty("errors")[0];
        Assert.Equal("body", error.GetProperty("field").GetString());
        Assert.Contains(reason, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, await KeptAsync());
    }

    [Fact]
    public async Task The_field_that_is_wrong_is_named_as_it_was_sent()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([]), "upload", "leads.csv" } };
        Assert.Equal("upload", Field(await at.PostAsync(form)));
        using var none = new MultipartFormDataContent { { new StringContent("x"), "note" } };
        Assert.Equal("file", Field(await at.PostAsync(none)));
        Assert.Equal("text", Field(await at.PostAsync(JsonContent.Create(new { }))));
        Assert.Equal("text", Field(await at.PostAsync(JsonContent.Create(new { text = "Lead ID" }))));
    }

    [Fact]
    public async Task Two_hundred_thousand_rows_are_taken_and_one_more_is_not()
    {
        var text = new StringBuilder("Lead ID,Contact ID\n");
        for (var i = 1; i <= ImportLimits.MaxRows; i++)
        {
            text.Append(i).Append(",c\n");
        }

        var import = await at.UploadAsync(Encoding.UTF8.GetBytes(text.ToString()));
        Assert.Equal(ImportLimits.MaxRows, import.GetProperty("rows").GetInt32());
        var before = await KeptAsync();

        var (status, json) = await at.PostAsync(new ByteArrayContent(Encoding.UTF8.GetBytes(text.Append("200001,c\n").ToString())));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("more than 200,000 rows", json.GetProperty("errors")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, await KeptAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fifty_megabytes_and_a_little_more_are_a_413_whether_or_not_the_length_is_told(bool isChunked)
    {
        const long size = ImportLimits.MaxUploadBytes + (2 * 1024 * 1024);
        var before = await KeptAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/companies/demo/imports") { Content = new StreamContent(new LargeCsv(size)) };
        request.Headers.TransferEncodingChunked = isChunked;
        request.Content.Headers.ContentLength = isChunked ? null : size;
        using var answer = await at.Host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(before, await KeptAsync());
    }

    [Fact]
    public async Task Columns_are_guessed_by_their_names_and_the_guess_can_be_corrected()
    {
        var import = await at.UploadAsync(ImportHost.Csv("LEAD_ID,Primary Contact ID,Client Name,E-Mail,cell phone,CaseType,Lead Status,Custom1234,Lead Number", "1,2,Ana Ruiz,ana@example.com,(505) 555-0142,Zantac,New Lead,Yes,9"));
        var id = import.GetProperty("id").GetString()!;
        Assert.Equal(
            ["Lead ID", "Contact ID", "Full Name", "Email", "Phone", "Case Type", "Status", "*", "*"],
            import.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("field").GetString()));

        var (status, json) = await at.MapAsync(id, new { columns = new object[] { new { index = 3, field = (string?)null }, new { index = 7, field = "Description" } } });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Description", json.GetProperty("columns")[7].GetProperty("field").GetString());
        var values = (await at.GetAsync(id, "/preview")).GetProperty("rows")[0].GetProperty("values");
        Assert.False(values.TryGetProperty("Email", out _));
        Assert.Equal(("Yes", "9"), (values.GetProperty("Description").GetString(), values.GetProperty("Lead Number").GetString()));
    }

    [Fact]
    public async Task The_firms_own_names_of_webhook_keys_are_guessed_too()
    {
        await at.At.SetWebhookAsync(new { aliases = new Dictionary<string, string[]> { ["Lead ID"] = ["Matter No"] } });

        var import = await at.UploadAsync(ImportHost.Csv("Matter No.,Contact ID", "1,2"));

        Assert.Equal("Lead ID", import.GetProperty("columns")[0].GetProperty("field").GetString());
        await at.At.SetWebhookAsync(new { aliases = new { } });
    }

    [Fact]
    public async Task Lead_ID_and_Contact_ID_are_required_to_map_and_to_start()
    {
        var import = await at.UploadAsync(ImportHost.Csv("Number,Person,Status", "1,2,New"));
        var id = import.GetProperty("id").GetString()!;
        Assert.Equal(["Lead ID", "Contact ID"], import.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("field").GetString()));
        Assert.Equal("Lead ID", Field(await at.StartAsync(id, "skip")));
        Assert.Equal("Contact ID", Field(await at.MapAsync(id, new { columns = new[] { new { index = 0, field = "Lead ID" } } })));

        Assert.Equal(HttpStatusCode.OK, (await at.MapAsync(id, new { columns = new[] { new { index = 0, field = "Lead ID" }, new { index = 1, field = "Contact ID" } } })).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await at.StartAsync(id, "skip")).Status);
        await at.EndAsync(id);
        Assert.Equal(HttpStatusCode.Conflict, (await at.StartAsync(id, "skip")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await at.MapAsync(id, new { columns = new[] { new { index = 2, field = "*" } } })).Status);
    }

    [Theory]
    [InlineData("""{"columns":[{"index":9,"field":"*"}]}""", "columns[0].index")]
    [InlineData("""{"columns":[{"field":"*"}]}""", "columns[0].index")]
    [InlineData("""{"columns":[{"index":2,"field":"Nonsense"}]}""", "columns[0].field")]
    [InlineData("""{"columns":[{"index":2,"field":"Lead ID"}]}""", "Lead ID")]
    [InlineData("""{"columns":[null]}""", "columns[0].index")]
    [InlineData("{}", "columns")]
    public async Task A_matching_that_is_not_valid_is_refused_by_its_field(string body, string field)
    {
        var import = await at.UploadAsync(ImportHost.Csv(Header, "1,2,Ana"));

        using var answer = await at.Host.Http.PutAsync($"/api/companies/demo/imports/{import.GetProperty("id").GetString()}/mapping", new StringContent(body));

        Assert.Equal((HttpStatusCode.BadRequest, field), (answer.StatusCode, Field((answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>()))));
    }

    [Theory]
    [InlineData("skip", "skip")]
    [InlineData("update", "update")]
    [InlineData("merge", "merge")]
    [InlineData("create", "create")]
    public async Task The_preview_says_what_would_happen_and_writes_nothing(string duplicates, string known)
    {
        var (here, there) = (WebhookHost.NewLead(), WebhookHost.NewLead());
        await at.At.PostAsync(here);
        var id = (await at.UploadAsync(ImportHost.Csv("Lead #,Contact #,First Name", $"{here},c1,Bea", $"{there},c2,Cy", $"{there},c2,Cy", "bad id!,c3,D", "7,,E"))).GetProperty("id").GetString()!;
        await at.MapAsync(id, new { columns = new[] { new { index = 0, field = "Lead ID" }, new { index = 1, field = "Contact ID" } } });

        var rows = (await at.GetAsync(id, $"/preview?duplicates={duplicates}")).GetProperty("rows").EnumerateArray().ToList();

        Assert.Equal([known, "create", known, "error", "error"], rows.Select(row => row.GetProperty("action").GetString()));
        Assert.Equal([2, 3, 4, 5, 6], rows.Select(row => row.GetProperty("row").GetInt32()));
        Assert.Equal(["Lead #", "Contact #"], rows.Skip(3).Select(row => row.GetProperty("errors")[0].GetProperty("field").GetString()));
        Assert.Equal("Ana", (await at.At.ClientAsync(here)).FirstName);
        Assert.Null(await at.At.CaseAsync(there));
        Assert.Equal("uploaded", (await at.GetAsync(id)).GetProperty("state").GetString());
    }

    private static string? Field((HttpStatusCode Status, JsonElement Json) answer)
    {
        Assert.True(answer.Status == HttpStatusCode.BadRequest, answer.Json.ToString());
        return answer.Json.GetProperty("errors")[0].GetProperty("field").GetString();
    }

    private async Task<int> KeptAsync()
    {
        var blobs = 0;
        await foreach (var _ in at.Host.Get<IBlobStore>().ListAsync("demo/imports", default))
        {
            blobs++;
        }

        return blobs + (await at.Host.Get<ImportStore>().ListAsync(WebhookHost.Demo, null, 900, default)).Items.Count;
    }

    /// <summary>A CSV of so many bytes, made as it is read.</summary>
    private sealed class LargeCsv(long size) : Stream
    {
        private static readonly byte[] s_line = Encoding.ASCII.GetBytes($"1,2,{new string('x', 1019)}\n");
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => size;

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var n = (int)Math.Min(Math.Min(count, size - _at), s_line.Length - (_at % s_line.Length));
            Array.Copy(s_line, _at % s_line.Length, buffer, offset, n);
            _at += n;
            return n;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
