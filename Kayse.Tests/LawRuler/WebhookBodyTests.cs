using System.Text;
using Kayse.Core.Storage;

namespace Kayse.Tests.LawRuler;

public sealed class WebhookBodyTests(WebhookHost at) : IClassFixture<WebhookHost>
{
    private const int Megabyte = 1024 * 1024;

    [Fact]
    public async Task Files_are_kept_up_to_25_MB_each_and_100_MB_in_all_and_the_fields_count()
    {
        var lead = WebhookHost.NewLead();
        int[] sizes = [(25 * Megabyte) + 1, 25 * Megabyte, 24 * Megabyte, 24 * Megabyte, 24 * Megabyte, 4 * Megabyte, 1 * Megabyte];

        var reply = await at.PostAsync(Multipart(WebhookHost.Fields(lead), sizes));

        Assert.Equal((200, "created"), (reply.Status, reply.Result));
        Assert.Equal(2, reply.Warnings.Count);
        var kept = await at.InboundOfAsync(lead);
        Assert.Equal([0, sizes[1], sizes[2], sizes[3], sizes[4], 0, sizes[6]], kept.Files.Select(file => (int)file.Size));
        Assert.Equal([true, false, false, false, false, true, false], kept.Files.Select(file => file.Blob is null));
        await using var blob = await at.Host.Get<IBlobStore>().OpenAsync(kept.Files[6].Blob!, default);
        using var bytes = new MemoryStream();
        await blob!.Content.CopyToAsync(bytes);
        Assert.Equal(sizes[6], bytes.Length);
        Assert.Equal(2, (await at.AuditAsync("warning")).Count(detail => detail!.Contains("not kept", StringComparison.Ordinal) || detail.Contains("larger than", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("form")]
    [InlineData("json")]
    [InlineData("multipart")]
    [InlineData("chunked form")]
    public async Task Fields_over_1_MB_are_refused_and_the_start_is_kept(string encoding)
    {
        var lead = WebhookHost.NewLead();
        var text = $"Lead ID={lead}&x={new string('x', Megabyte)}";
        HttpContent content = encoding switch
        {
            "form" => new StringContent(text, Encoding.UTF8, "application/x-www-form-urlencoded"),
            "json" => new StringContent($"{{\"Lead ID\":\"{lead}\",\"x\":\"{new string('x', Megabyte)}\"}}", Encoding.UTF8, "application/json"),
            "multipart" => Multipart(WebhookHost.Fields(lead, ("x", new string('x', Megabyte))), []),
            _ => new Chunked(Encoding.UTF8.GetBytes(text)),
        };

        var reply = await at.PostAsync(content);

        Assert.Equal((400, "body"), (reply.Status, Assert.Single(reply.ErrorFields)));
        Assert.Null(await at.CaseAsync(lead));
        var kept = (await at.InboundAsync()).First(request => request.Raw?.Contains(lead, StringComparison.Ordinal) == true);
        Assert.Equal(("rejected", true), (kept.State, kept.Cut));
        Assert.Contains("1048576", kept.Reason, StringComparison.Ordinal);
        Assert.True(kept.Raw!.Length <= 16 * 1024);
    }

    [Fact]
    public async Task Just_under_1_MB_is_taken_and_large_texts_are_cut_on_the_case_alone()
    {
        var lead = WebhookHost.NewLead();
        for (var i = 0; i < 4; i++)
        {
            var reply = await at.PostAsync(lead, ("Description", new string('d', 40_000)), ($"Custom{i}", new string('é', 80_000)), ($"Big{i}", new string('b', 300_000)));
            Assert.Equal(200, reply.Status);
            Assert.NotEmpty(reply.Warnings);
        }

        var matter = (await at.CaseAsync(lead))!;
        Assert.Equal(32_000, matter.Description!.Length);
        Assert.Equal(["Custom0"], matter.Fields.Values.Keys);
    }

    [Theory]
    [InlineData("application/json", "{\"Lead ID\": \"1\", ")]
    [InlineData("application/json", "[1, 2]")]
    [InlineData("application/json", "\"text\"")]
    [InlineData("text/plain", "neither form nor json")]
    [InlineData("multipart/form-data", "no boundary")]
    [InlineData("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"Lead ID\"\r\n\r\n1")]
    [InlineData("multipart/form-data; boundary=b", "")]
    public async Task A_body_that_cannot_be_read_is_refused_and_kept_with_the_reason(string type, string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        at.Host.Clock.Advance(TimeSpan.FromSeconds(1));

        var reply = await at.PostAsync(content);

        Assert.Equal((400, "body"), (reply.Status, Assert.Single(reply.ErrorFields)));
        var kept = (await at.InboundAsync(1))[0];
        Assert.Equal(("rejected", type), (kept.State, kept.ContentType));
        Assert.NotNull(kept.Reason);
    }

    [Fact]
    public async Task An_empty_file_input_is_no_file()
    {
        var lead = WebhookHost.NewLead();
        var body = string.Concat(WebhookHost.Fields(lead).Select(field => $"--b\r\nContent-Disposition: form-data; name=\"{field.Key}\"\r\n\r\n{field.Value}\r\n"))
            + "--b\r\nContent-Disposition: form-data; name=\"File\"; filename=\"\"\r\n\r\n\r\n--b--\r\n";
        var content = new StringContent(body);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");

        Assert.Equal(200, (await at.PostAsync(content)).Status);
        Assert.Empty((await at.InboundOfAsync(lead)).Files);
    }

    private static MultipartFormDataContent Multipart(IDictionary<string, string> fields, int[] sizes)
    {
        var content = new MultipartFormDataContent();
        var files = sizes.Select((size, i) => (new ByteArrayContent(new byte[size]), $"{i}.pdf"));
        foreach (var (file, name) in files)
        {
            content.Add(file, "File", name);
        }

        foreach (var (name, value) in fields)
        {
            content.Add(new StringContent(value), $"\"{name}\"");
        }

        return content;
    }

    private sealed class Chunked : HttpContent
    {
        private readonly byte[] _bytes;

        public Chunked(byte[] bytes)
        {
            _bytes = bytes;
            Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(_bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
