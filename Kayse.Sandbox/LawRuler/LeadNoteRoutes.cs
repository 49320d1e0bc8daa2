using System.Globalization;
using Kayse.Sandbox.State;

namespace Kayse.Sandbox.LawRuler;

/// <summary>Notes that people in Law Ruler write, one or thousands: <c>/_sandbox/lawruler/{root}/leads/{id}/notes</c>.</summary>
internal sealed class LeadNoteRoutes(SandboxState state, SandboxOptions options)
{
    private const int MaxNotes = 200_000;

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/_sandbox/lawruler/{root}/leads/{id}/notes", OwnRoute.Handle(AddAsync));

    private async Task AddAsync(HttpContext context)
    {
        var input = await OwnRoute.BodyAsync<NewNotes>(context);
        if (input.Count is < 1 or > MaxNotes)
        {
            throw new WrongRequestException($"count is a number from 1 to {MaxNotes}.");
        }

        var portal = state.Find(OwnRoute.Value(context, "root"));
        var ids = portal is null ? null : state.Change(() => portal.FindLead(OwnRoute.Value(context, "id")) is { } lead ? Add(portal, lead, input) : null);
        await (ids is null ? HttpAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such lead.") : HttpAnswer.OwnAsync(context, new { ids }, StatusCodes.Status201Created));
    }

    private List<long> Add(Portal portal, Lead lead, NewNotes input)
    {
        var (updatedAt, now) = (lead.UpdatedAt, input.At ?? options.Clock.GetUtcNow());
        var ids = new List<long>();
        for (var n = 1; n <= input.Count; n++)
        {
            var at = now.AddMilliseconds((n - 1) * input.EveryMs);
            var text = input.Text.Replace("{n}", n.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            ids.Add(portal.AddNote(lead, input.Category, input.Title, text, at, at).Id);
        }

        lead.UpdatedAt = input.TouchesLead ? lead.UpdatedAt : updatedAt;
        return ids;
    }

    /// <summary>What is written.</summary>
    private sealed record NewNotes
    {
        public string Category { get; init; } = "Internal Note";

        public string Title { get; init; } = "";

        /// <summary>The text; <c>{n}</c> in it is the number of the note.</summary>
        public string Text { get; init; } = "Note {n}";

        public int Count { get; init; } = 1;

        /// <summary>When the first was written; now where it is not given.</summary>
        public DateTimeOffset? At { get; init; }

        /// <summary>Between two of them.</summary>
        public int EveryMs { get; init; }

        /// <summary>Whether the lead counts as changed by it.</summary>
        public bool TouchesLead { get; init; } = true;
    }
}
