using System.Text;
using Kayse.Core.Connectors.Lawmatics;

namespace Kayse.Tests.Lawmatics;

/// <summary>The signature over the test vector of the protocol's description.</summary>
public sealed class LawmaticsSignatureTests
{
    private const string Secret = "whsec_unit_test_only_0001";
    private const string Timestamp = "1700000000";
    private const string Body = """{"event_id":"evt_test_1","firm_id":1,"event_type":"matter.converted","version":"v1","timestamp":"2023-11-14T22:13:20.000Z","data":{"matter_id":456}}""";
    private const string Hex = "fe52697dace321864eb40c3e95af3b5c9cc8486a92c3ce6ccdbfa991c3613ffc";

    [Fact]
    public void The_test_vector_has_148_bytes_and_its_signature()
    {
        var bytes = Encoding.UTF8.GetBytes(Body);

        Assert.Equal(148, bytes.Length);
        Assert.Equal(Hex, LawmaticsWorld.Sign(Secret, Timestamp, bytes));
        Assert.True(LawmaticsSignature.Matches(Secret, Timestamp, bytes, Hex));
    }

    [Theory]
    [InlineData(Secret, "1700000001", Body, Hex)]
    [InlineData("whsec_unit_test_only_0002", Timestamp, Body, Hex)]
    [InlineData("unit_test_only_0001", Timestamp, Body, Hex)]
    [InlineData(Secret, Timestamp, Body + " ", Hex)]
    [InlineData(Secret, Timestamp, "", Hex)]
    [InlineData(Secret, Timestamp, Body, "fe52697dace321864eb40c3e95af3b5c9cc8486a92c3ce6ccdbfa991c3613ffd")]
    [InlineData(Secret, Timestamp, Body, "fe52")]
    [InlineData(Secret, Timestamp, Body, Hex + "00")]
    [InlineData(Secret, Timestamp, Body, Hex + "0")]
    [InlineData(Secret, Timestamp, Body, "")]
    [InlineData(Secret, Timestamp, Body, "zz52697dace321864eb40c3e95af3b5c9cc8486a92c3ce6ccdbfa991c3613ffc")]
    public void Anything_else_is_not_the_signature(string secret, string timestamp, string body, string hex) =>
        Assert.False(LawmaticsSignature.Matches(secret, timestamp, Encoding.UTF8.GetBytes(body), hex));

    [Theory]
    [InlineData("1700000000", 1700000000L)]
    [InlineData("0", 0L)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData(" 1700000000", null)]
    [InlineData("9999999999999999999", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_timestamp_is_a_whole_number_of_seconds(string? text, long? expected) => Assert.Equal(expected, LawmaticsSignature.Seconds(text));
}
