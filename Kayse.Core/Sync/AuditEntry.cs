namespace Kayse.Core.Sync;

/// <summary>One line of a firm's audit log: what was synchronised, with what outcome. A product feature for the firm's admins; it may name what a CRM answered.</summary>
/// <param name="Id">Its id; newer ones sort later.</param>
/// <param name="At">When.</param>
/// <param name="Crm">Which CRM, e.g. <c>lawruler</c>.</param>
/// <param name="Action">What was done, e.g. <c>note_summary</c> or <c>webhook</c>.</param>
/// <param name="Outcome">How it ended: <c>done</c>, <c>retry</c>, <c>refused</c>, <c>skipped</c>, <c>warning</c>.</param>
/// <param name="Resource">The CRM's id of what it was about, e.g. the Lead ID; or null.</param>
/// <param name="Subject">Our id of what it was about, e.g. a workflow's or a case's; or null.</param>
/// <param name="Detail">What to know or do about it; or null.</param>
/// <param name="Payload">What a CRM's webhook carried, as it came; null for anything else, and where it is too large for a line: then <paramref name="Subject"/> names the inbound request that has it.</param>
public sealed record AuditEntry(string Id, DateTimeOffset At, string Crm, string Action, string Outcome, string? Resource, string? Subject, string? Detail, string? Payload = null);
