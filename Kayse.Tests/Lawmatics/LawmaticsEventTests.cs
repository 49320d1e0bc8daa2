using System.Text;
using Kayse.Core.Connectors.Lawmatics;

namespace Kayse.Tests.Lawmatics;

public sealed class LawmaticsEventTests
{
    [Theory]
    [InlineData("""{"event_id":"evt_1","firm_id":123,"event_type":"matter.converted","data":{"matter_id":456}}""", "evt_1", "123", "456", null)]
    [InlineData("""{"event_id":"evt_1","firm_id":"123","event_type":"matter.updated","data":{"prospect_id":"456","contact_id":7}}""", "evt_1", "123", "456", "7")]
    [InlineData("""{"event_id":"evt_1","event_type":"matter.stage_changed","data":{"id":456}}""", "evt_1", null, "456", null)]
    [InlineData("""{"event_id":"evt_1","event_type":"contact.created","data":{"id":7}}""", "evt_1", null, null, "7")]
    [InlineData("""{"event_id":"evt_1","event_type":"invoice.paid","data":{"id":7}}""", "evt_1", null, null, null)]
    [InlineData("""{"event_id":"evt_1","event_type":"matter.updated","data":{"matter_id":"../users"}}""", "evt_1", null, null, null)]
    [InlineData("""{"event_id":"evt_1","event_type":"matter.updated","data":[1]}""", "evt_1", null, null, null)]
    [InlineData("""{"event_id":" ","event_type":"matter.updated"}""", "evt_header", null, null, null)]
    public void An_event_names_its_records(string body, string id, string? firm, string? matter, string? contact)
    {
        var (told, error) = LawmaticsEvent.Read(Encoding.UTF8.GetBytes(body), "evt_header", new LawmaticsWebhookSettings());

        Assert.Null(error);
        Assert.Equal((id, firm, matter, contact), (told!.Id, told.FirmId, told.MatterId, told.ContactId));
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(201, 64)]
    [InlineData(900_000, 64)]
    public void An_id_that_is_longer_than_any_is_known_again_by_its_hash(int length, int expected)
    {
        string Id(char end) => LawmaticsEvent.Read(Encoding.UTF8.GetBytes($$"""{"event_id":"{{new string('x', length - 1)}}{{end}}","event_type":"matter.updated"}"""), null, new LawmaticsWebhookSettings()).Event!.Id;

        Assert.Equal((expected, Id('a')), (Id('a').Length, Id('a')));
        Assert.NotEqual(Id('a'), Id('b'));
    }

    [Theory]
    [InlineData("matter.stage_changed", "matter.stage_changed")]
    [InlineData("matter.converted", "matter.stage_changed")]
    [InlineData("document.signed", "envelope.completed")]
    [InlineData("contact.merged", "contact.updated")]
    [InlineData("form.submitted", "form.submitted")]
    [InlineData("invoice.paid", null)]
    public void Both_vocabularies_are_known(string name, string? expected) => Assert.Equal(expected, new LawmaticsWebhookSettings().EventOf(name));

    [Fact]
    public void An_event_is_of_another_firm_only_where_both_are_known()
    {
        var told = new LawmaticsEvent("evt_1", "matter.updated", "123", null, null);

        Assert.True(told.IsOf(new LawmaticsConnection()));
        Assert.True(told.IsOf(new LawmaticsConnection { Account = new LawmaticsAccount("123", null, null) }));
        Assert.False(told.IsOf(new LawmaticsConnection { Account = new LawmaticsAccount("777", null, null) }));
        Assert.True((told with { FirmId = null }).IsOf(new LawmaticsConnection { Account = new LawmaticsAccount("777", null, null) }));
    }
}
