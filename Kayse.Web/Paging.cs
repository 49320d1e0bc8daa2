using System.Globalization;
using Kayse.Core;
using Microsoft.AspNetCore.Http;

namespace Kayse.Web;

/// <summary>A page of a list: <c>?limit=</c> (25, at most 100) and <c>?after=</c> a cursor.</summary>
/// <param name="Limit">How many.</param>
/// <param name="After">The cursor, or null for the first page.</param>
public sealed record Paging(int Limit, string? After)
{
    private const int Default = 25;
    private const int Max = 100;
    private const int MaxCursor = 256;

    /// <summary>Reads the query; or says what is wrong with it.</summary>
    public static (Paging? Page, IResult? Problem) Read(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var text = (string?)request.Query["limit"];
        var limit = Default;
        if (text is not null && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > Max))
        {
            return (null, Problems.Invalid(new FieldError("limit", $"Expected a number from 1 to {Max}.")));
        }

        var after = (string?)request.Query["after"];
        return string.IsNullOrEmpty(after) ? (new Paging(limit, null), null)
            : after.Length > MaxCursor || after.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '~'))
                ? (null, Problems.Invalid(new FieldError("after", "Expected the value of «next» of the page before.")))
                : (new Paging(limit, after), null);
    }

    /// <summary>The page of a list that is there as a whole; the cursor is where the next page begins.</summary>
    public (IReadOnlyList<T> Items, string? Next) Of<T>(IReadOnlyList<T> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        var start = int.TryParse(After, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after : 0;
        var items = all.Skip(start).Take(Limit).ToList();
        return (items, start + items.Count < all.Count ? JsonText.Invariant(start + items.Count) : null);
    }

    /// <summary>Answers a page of a list.</summary>
    public static async Task<IResult> AnswerAsync<T>(HttpContext context, Func<Paging, Task<(IReadOnlyList<T> Items, string? Next)>> list)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(list);
        var (page, problem) = Read(context.Request);
        if (page is null)
        {
            return problem!;
        }

        var (items, next) = await list(page);
        return Results.Ok(new Page<T>(items, next));
    }
}

/// <summary>A page as it is answered.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="Items">The items.</param>
/// <param name="Next">The cursor of the next page, or null when this is the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
