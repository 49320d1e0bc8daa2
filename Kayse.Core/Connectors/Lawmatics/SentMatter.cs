namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What is kept of a matter that is being made, so that it is known again although the next attempt would send something else.</summary>
/// <param name="ContactId">The contact that it is made for.</param>
/// <param name="TitleHash">A hash of its title.</param>
/// <param name="StageId">The stage that is sent with it; null for none.</param>
internal sealed record SentMatter(string ContactId, string TitleHash, string? StageId)
{
    private const char Separator = '|';

    /// <summary>Of a plan.</summary>
    public static SentMatter Of(MatterPlan plan, string contact) => new(contact, TitleHashOf(plan.Title), plan.StageId);

    /// <summary>Of what <see cref="ToString"/> wrote; null where that is none.</summary>
    public static SentMatter? Read(string? text) => text?.Split(Separator) is [{ } contact, { } title, { } stage] ? new SentMatter(contact, title, stage.Length > 0 ? stage : null) : null;

    /// <summary>True for the matter that was made of it, if it is nobody else's.</summary>
    public bool IsOf(LawmaticsRecord matter) => matter.Related("contact") == ContactId && matter.Text("case_title") is { } title && TitleHashOf(title) == TitleHash;

    /// <summary>Ids and a hash.</summary>
    public override string ToString() => string.Join(Separator, ContactId, TitleHash, StageId);

    private static string TitleHashOf(string title) => LawmaticsWrites.Hash(title.Trim());
}
