namespace Kayse.Sandbox.Lawmatics.Api;

/// <summary>What a caller may write of a matter itself.</summary>
internal static class MatterFields
{
    public static readonly IReadOnlyList<string> Texts = ["case_title", "case_number", "case_blurb"];

    public static readonly IReadOnlyList<string> Cents = ["actual_value_cents", "estimated_value_cents", "lead_cost_cents"];

    public static readonly IReadOnlyList<string> All = [.. Texts, .. Cents];

    /// <summary>The relationships that a field of this name with <c>_id</c> writes, with the path of the kind that the id is of.</summary>
    public static readonly IReadOnlyDictionary<string, string> Links = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["stage"] = "stages",
        ["sub_status"] = "sub_statuses",
        ["practice_area"] = "practice_areas",
        ["source"] = "sources",
        ["campaign"] = "campaigns",
        ["referrer"] = "contacts",
        ["owned_by"] = "users",
        ["created_by"] = "users",
        ["salesperson"] = "users",
        ["lead_attorney"] = "users",
        ["originating_attorney"] = "users",
    };
}
