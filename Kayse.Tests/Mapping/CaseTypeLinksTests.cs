using Kayse.Core.Mapping;

namespace Kayse.Tests.Mapping;

public sealed class CaseTypeLinksTests
{
    private static readonly CaseTypeLinks s_links = new([new("Auto", "INNO MVA", "222"), new("Auto", "INNO MVA 2", "223"), new("MVA", "Zantac", null), new("Water", "Camp Lejeune", "231")]);

    [Theory]
    [InlineData("222", "renamed", "Auto")]
    [InlineData("900", "INNO MVA", null)]
    [InlineData("900", "zantac ", "MVA")]
    [InlineData(null, " inno mva", "Auto")]
    [InlineData(null, "Water", "Water")]
    [InlineData(null, "nothing", null)]
    [InlineData(null, null, null)]
    public void A_case_is_found_by_the_id_where_both_have_one_else_by_a_name(string? id, string? name, string? kayse) => Assert.Equal(kayse, s_links.Find(id, name)?.Kayse);

    [Theory]
    [InlineData("auto", 2)]
    [InlineData("INNO MVA 2", 2)]
    [InlineData("231", 1)]
    [InlineData("nothing", 0)]
    public void Several_case_types_of_the_crm_may_be_one_of_Kayses(string name, int count) => Assert.Equal(count, s_links.Of(name).Count);
}
