using Kayse.Sandbox.State;

namespace Kayse.Sandbox.LawRuler.AdvancedApi;

/// <summary>Notes. That Law Ruler has such calls is known; these paths and names are invented.</summary>
internal sealed class NoteRoutes(AdvancedGate gate, SandboxState state)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        gate.Map(routes, "GET", "ApiNotes/GetNotes", ListAsync);
        gate.Map(routes, "POST", "ApiNotes/AddNote", AddAsync);
    }

    private Task ListAsync(AdvancedCall call)
    {
        var leadId = call.Query("leadId");
        var since = DateTimeOffset.MinValue;
        if (call.Query("changedSince") is { Length: > 0 } text && !EasternClock.TryRead(text, out since))
        {
            return call.BadRequestAsync("changedSince is not a date.");
        }

        if (leadId.Length > 0 && state.Read(() => call.Portal.FindLead(leadId)) is null)
        {
            return call.LeadNotFoundAsync();
        }

        var isEndless = leadId.Length > 0 && call.Portal.Options.EndlessNotes;
        var page = state.Read(() => Envelope.Page(
            call.Portal.Leads.Values.Where(l => leadId.Length == 0 || l == call.Portal.FindLead(leadId))
                .SelectMany(l => l.Notes.Where(n => n.ChangedAt >= since).Select(n => (Lead: l, Note: n)))
                .OrderBy(n => n.Note.ChangedAt).ThenBy(n => n.Note.Id)
                .Select(n => Item(n.Lead, n.Note)).ToList(),
            isEndless ? 1 : call.Page,
            call.PageSize));
        return call.AnswerAsync(isEndless ? page with { Count = int.MaxValue } : page);
    }

    private Task AddAsync(AdvancedCall call)
    {
        if (call.Json<NewNote>() is not { } note)
        {
            return call.BadRequestAsync("The request is invalid.");
        }

        var createdAt = call.Now;
        if (!string.IsNullOrEmpty(note.CreateDate) && !EasternClock.TryRead(note.CreateDate, out createdAt))
        {
            return call.BadRequestAsync("CreateDate is not a date.");
        }

        var added = state.Change(() => call.Portal.FindLead(note.LeadId?.ToString()) is { } lead
            ? call.Portal.AddNote(lead, note.Category ?? "", note.Title ?? "", note.Text ?? "", createdAt, call.Now)
            : null);
        return added is null ? call.LeadNotFoundAsync() : call.AnswerAsync(Envelope.Of(new { NoteId = added.Id }));
    }

    private static object Item(Lead lead, LeadNote note) => new
    {
        NoteId = note.Id,
        LeadId = lead.Id,
        note.Category,
        note.Title,
        note.Text,
        CreateDate = EasternClock.FalseUtc(note.CreatedAt),
        UpdateDateTime = EasternClock.FalseUtc(note.ChangedAt),
    };

    private sealed record NewNote(long? LeadId, string? Category, string? Title, string? Text, string? CreateDate);
}
