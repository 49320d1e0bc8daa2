using System.Net.Http.Json;
using System.Text;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Sync;

namespace Kayse.Tests.LawRuler;

public sealed class WebhookReadingTests(WebhookHost at) : IClassFixture<WebhookHost>
{
    [Theory]
    [InlineData("multipart")]
    [InlineData("form")]
    [InlineData("json")]
    [InlineData("json with a byte order mark")]
    [InlineData("json as text")]
    [InlineData("query")]
    public async Task Every_encoding_is_read_alike(string encoding)
    {
        var lead = WebhookHost.NewLead();
        var fields = WebhookHost.Fields(lead, ("First Name", "Zoë"), ("Description", "50% & more = \"x\" + y"));

        var reply = encoding == "query" ? await at.PostAsync((HttpContent?)null, string.Concat(fields.Select(field => $"&{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}")))
            : await at.PostAsync(Content(encoding, fields));

        Assert.Equal((200, "created"), (reply.Status, reply.Result));
        Assert.Equal("50% & more = \"x\" + y", (await at.CaseAsync(lead))!.Description);
        var client = await at.ClientAsync(lead);
        Assert.Equal(("Zoë", "Ruiz", "ana@example.com", $"c{lead}"), (client.FirstName, client.LastName, client.Email, client.ExternalSourceId));
        Assert.Equal(((string?)"Zantac", (string?)"New Lead"), ((await at.CaseAsync(lead))!.CaseType, (await at.CaseAsync(lead))!.Status));
    }

    [Theory]
    [InlineData("leadid")]
    [InlineData("LeadID")]
    [InlineData("LEAD ID")]
    [InlineData("Lead_Id")]
    [InlineData("lead-id")]
    [InlineData(" L e_a-d  ID ")]
    public void Case_spaces_underscores_and_hyphens_of_a_key_do_not_count(string key) => Assert.Equal("711", Read((key, "711", false))["Lead ID"]);

    [Theory]
    [InlineData("lead.id")]
    [InlineData("leadids")]
    [InlineData("lead")]
    public void Another_key_is_another_key(string key) => Assert.Null(Read((key, "711", false))["Lead ID"]);

    [Theory]
    [InlineData("Lead ID", "leadid")]
    [InlineData("Contact ID", "contactid", "primarycontactid")]
    [InlineData("First Name", "firstname")]
    [InlineData("Last Name", "lastname")]
    [InlineData("Full Name", "fullname", "name")]
    [InlineData("Email", "email", "email1")]
    [InlineData("Phone", "phone", "cellphone", "mobile", "homephone")]
    [InlineData("Case Type", "casetype")]
    [InlineData("Case Type ID", "casetypeid")]
    [InlineData("Status", "status")]
    [InlineData("Status ID", "statusid")]
    [InlineData("Description", "description", "summary")]
    [InlineData("Address", "address1", "street", "address")]
    [InlineData("City", "city")]
    [InlineData("State", "state")]
    [InlineData("Zip", "zip", "postalcode")]
    [InlineData("Date of Birth", "dob", "dateofbirth")]
    [InlineData("Created Date", "createddate", "leadcreated")]
    [InlineData("Time Zone", "timezone")]
    public void Every_alias_of_a_field_is_understood(string field, params string[] aliases)
    {
        Assert.All(aliases, alias => Assert.Equal("x", Read((alias, "x", false))[field]));
        Assert.Equal("x", Read((field, "x", false))[field]);
        Assert.Empty(Read((field, "x", false)).Others);
    }

    [Fact]
    public void A_firms_own_alias_comes_before_the_common_ones()
    {
        var settings = new LawRulerWebhookSettings { Aliases = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["Phone"] = ["Best_Number"] } };

        var post = LeadPost.Read([new InboundField("phone", "1", false), new InboundField("best number", "2", false)], settings);

        Assert.Equal("2", post["Phone"]);
        Assert.DoesNotContain("best number", post.Others.Keys);
    }

    [Theory]
    [InlineData(true, "body", "Status", "status")]
    [InlineData(false, "url", "Status", "status")]
    [InlineData(true, "body", "Phone", "mobile")]
    [InlineData(false, "url", "homephone", "phone")]
    public void The_body_beats_the_url_unless_the_setting_says_otherwise(bool bodyBeforeUrl, string expected, string urlKey, string bodyKey)
    {
        var post = LeadPost.Read([new InboundField(urlKey, "url", true), new InboundField(bodyKey, "body", false)], new LawRulerWebhookSettings { BodyBeforeUrl = bodyBeforeUrl });

        Assert.Equal(expected, post["Status"] ?? post["Phone"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_blank_value_does_not_beat_one_that_says_something(bool blankInUrl)
    {
        var post = Read(("status", blankInUrl ? " " : "Approved", true), ("Status", blankInUrl ? "Approved" : "N/A", false));

        Assert.Equal("Approved", post["Status"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("NULL")]
    [InlineData("N/A")]
    [InlineData("n/a")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(" null ")]
    public void A_blank_is_recognised(string value) => Assert.Null(Read(("Email", value, false))["Email"]);

    [Theory]
    [InlineData("NA")]
    [InlineData("nullable")]
    [InlineData("..")]
    [InlineData("0")]
    [InlineData("None")]
    public void What_only_looks_blank_is_kept(string value) => Assert.Equal(value, Read(("Email", value, false))["Email"]);

    [Fact]
    public async Task The_precedence_is_a_setting_of_the_firm()
    {
        var (first, second) = (WebhookHost.NewLead(), WebhookHost.NewLead());
        await at.PostAsync(WebhookHost.Fields(first), "&status=Approved");
        Assert.Equal("New Lead", (await at.CaseAsync(first))!.Status);

        await at.SetWebhookAsync(new { bodyBeforeUrl = false });
        await at.PostAsync(WebhookHost.Fields(second), "&status=Approved");
        await at.SetWebhookAsync(new { bodyBeforeUrl = true });

        Assert.Equal("Approved", (await at.CaseAsync(second))!.Status);
    }

    [Fact]
    public async Task A_key_that_comes_several_times_keeps_all_its_values()
    {
        var lead = WebhookHost.NewLead();
        var body = string.Join('&', WebhookHost.Fields(lead).Select(field => $"{Uri.EscapeDataString(field.Key)}={field.Value}")) + "&Custom4124=A&Custom4124=B&custom_4124=A&Custom4125=null";

        await at.PostAsync(new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded"));

        Assert.Equal(("Custom4124", "A; B"), Assert.Single((await at.CaseAsync(lead))!.Fields.Values.Select(pair => (pair.Key, pair.Value))));
    }

    [Fact]
    public async Task A_token_that_was_not_filled_in_is_no_value()
    {
        var lead = WebhookHost.NewLead();
        await at.PostAsync(lead, ("Email", "ana@example.com"));

        var reply = await at.PostAsync(lead, ("Email", "{{default7}}-Email"), ("Custom4124", "<<Custom4124>>"));

        Assert.Equal("unchanged", reply.Result);
        Assert.Contains("Email came as a token", Assert.Single(reply.Warnings), StringComparison.Ordinal);
        Assert.Equal("ana@example.com", (await at.ClientAsync(lead)).Email);
    }

    private static LeadPost Read(params (string Name, string Value, bool FromUrl)[] fields) =>
        LeadPost.Read([.. fields.Select(field => new InboundField(field.Name, field.Value, field.FromUrl))], new LawRulerWebhookSettings());

    private static HttpContent Content(string encoding, IDictionary<string, string> fields)
    {
        if (encoding == "multipart")
        {
            var multipart = new MultipartFormDataContent();
            foreach (var (name, value) in fields)
            {
                multipart.Add(new StringContent(value), $"\"{name}\"");
            }

            return multipart;
        }

        var json = System.Text.Json.JsonSerializer.Serialize(fields);
        return encoding switch
        {
            "form" => new FormUrlEncodedContent(fields),
            "json" => JsonContent.Create(fields),
            "json as text" => new StringContent(json, Encoding.UTF8, "text/plain"),
            _ => new ByteArrayContent([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(json)]) { Headers = { { "Content-Type", "application/json" } } },
        };
    }
}
