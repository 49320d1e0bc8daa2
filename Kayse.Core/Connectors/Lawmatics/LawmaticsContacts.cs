namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Searches contacts. Lawmatics' finders are fuzzy and answer the first hit, so what they find counts only when it is the same address or number; where the first hit is
/// another's, the list is filtered for the very value.
/// </summary>
public sealed class LawmaticsContacts(LawmaticsClient client, TimeProvider clock)
{
    private const string Fields = "first_name,last_name,email,phone,created_at";
    private const int MaxPages = 4;
    private const int PhoneDigits = 10;

    /// <summary>The contact with an e-mail address; the oldest where there are several. Impossible to tell where Lawmatics gives no clear word of it.</summary>
    public Task<CrmLook> ByEmailAsync(LawmaticsSession session, string email, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return SearchAsync(session, "email", email, contact => IsSame(contact.Text("email"), email), cancellationToken);
    }

    /// <summary>The contact with a phone number, by its last ten digits; null where the number has fewer.</summary>
    public async Task<CrmLook?> ByPhoneAsync(LawmaticsSession session, string? phone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return Digits(phone) is { } digits ? await SearchAsync(session, "phone", digits, contact => Digits(contact.Text("phone")) == digits, cancellationToken) : null;
    }

    /// <summary>The newest contact since a time of which something is so: what a create whose answer was lost has made.</summary>
    public Task<CrmLook> NewestAsync(LawmaticsSession session, DateTimeOffset since, Func<LawmaticsRecord, bool> isWanted, CancellationToken cancellationToken) =>
        NewestAsync(session, "/v1/contacts", Fields, null, since, record => Task.FromResult(isWanted(record)), cancellationToken);

    /// <summary>
    /// The newest record of a list since a time of which something is so. Lists come with the newest first (docs.lawmatics.com: sorted by id, descending). Where there are more than
    /// can be looked at, nobody can tell that there is none.
    /// </summary>
    /// <param name="session">Whose.</param>
    /// <param name="path">The list.</param>
    /// <param name="fields">What to read; <c>created_at</c> is among it.</param>
    /// <param name="filter">What to filter by, where Lawmatics lets it be; or null.</param>
    /// <param name="since">Before this nothing is looked at.</param>
    /// <param name="isWanted">Whether it is the one.</param>
    /// <param name="cancellationToken">The host stops.</param>
    public async Task<CrmLook> NewestAsync(
        LawmaticsSession session, string path, string fields, (string By, string On)? filter, DateTimeOffset since, Func<LawmaticsRecord, Task<bool>> isWanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        for (var page = 1; ; page++)
        {
            var query = LawmaticsPath.Of(path, ("fields", fields), ("filter_by", filter?.By), ("filter_on", filter?.On), ("page", page == 1 ? null : JsonText.Invariant(page)));
            var reply = await client.GetAsync(session, query, cancellationToken);
            if (reply is not { IsSuccess: true, Answer: { } answer })
            {
                // Not every list can be filtered by everything.
                return filter is not null && reply.Answer?.Kind == LawmaticsKind.Refused ? await NewestAsync(session, path, fields, null, since, isWanted, cancellationToken)
                    : reply.Answer?.Kind is LawmaticsKind.PathUnknown or LawmaticsKind.Refused or LawmaticsKind.NotFound ? CrmLook.Impossible
                    : CrmLook.NoAnswer(LawmaticsOutcomes.Of(reply, clock.GetUtcNow()));
            }

            foreach (var record in answer.Records)
            {
                if (CreatedAt(record) is { } at && at < since)
                {
                    return CrmLook.Absent;
                }

                if (await isWanted(record))
                {
                    return CrmLook.Found(record.Id);
                }
            }

            if (answer.Records.Count == 0 || page >= (answer.TotalPages ?? 1))
            {
                return CrmLook.Absent;
            }

            if (page == MaxPages * 5)
            {
                return CrmLook.Impossible;
            }
        }
    }

    /// <summary>True when two e-mail addresses are the same; letter case does not count.</summary>
    public static bool IsSame(string? a, string? b) => a is not null && b is not null && string.Equals(a.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>The last ten digits of a phone number; null where it has fewer.</summary>
    public static string? Digits(string? phone)
    {
        var digits = string.Concat((phone ?? string.Empty).Where(char.IsAsciiDigit));
        return digits.Length >= PhoneDigits ? digits[^PhoneDigits..] : null;
    }

    private async Task<CrmLook> SearchAsync(LawmaticsSession session, string by, string value, Func<LawmaticsRecord, bool> isSame, CancellationToken cancellationToken)
    {
        if (session.Settings.Sync.ContactSearch == LawmaticsContactSearch.Filter)
        {
            return await FilterAsync(session, by, value, isSame, cancellationToken) ?? await FindAsync(session, by, value, isSame, cancellationToken) ?? CrmLook.Impossible;
        }

        return await FindAsync(session, by, value, isSame, cancellationToken) ?? await FilterAsync(session, by, value, isSame, cancellationToken) ?? CrmLook.Impossible;
    }

    /// <summary>What the finder says; null where its hit is another's, or it cannot be asked.</summary>
    private async Task<CrmLook?> FindAsync(LawmaticsSession session, string by, string value, Func<LawmaticsRecord, bool> isSame, CancellationToken cancellationToken)
    {
        var reply = await client.GetAsync(session, LawmaticsPath.Of($"/v1/contacts/find_by_{by}/{LawmaticsPath.Segment(value)}", ("fields", Fields)), cancellationToken);
        return reply.Answer?.Kind switch
        {
            LawmaticsKind.Success when reply.Answer.Record is { } hit => isSame(hit) ? CrmLook.Found(hit.Id) : null,
            LawmaticsKind.Success or LawmaticsKind.NotFound => CrmLook.Absent,
            LawmaticsKind.Refused or LawmaticsKind.PathUnknown => null,
            _ => CrmLook.NoAnswer(LawmaticsOutcomes.Of(reply, clock.GetUtcNow())),
        };
    }

    /// <summary>What the filtered list says; null where Lawmatics does not let it be filtered so, or it is too long to be looked through.</summary>
    private async Task<CrmLook?> FilterAsync(LawmaticsSession session, string by, string value, Func<LawmaticsRecord, bool> isSame, CancellationToken cancellationToken)
    {
        var (hits, isWhole) = (new List<string>(), false);
        for (var page = 1; page <= MaxPages && !isWhole; page++)
        {
            var query = LawmaticsPath.Of("/v1/contacts", ("fields", Fields), ("filter_by", by), ("filter_on", value), ("page", page == 1 ? null : JsonText.Invariant(page)));
            var reply = await client.GetAsync(session, query, cancellationToken);
            if (reply is not { IsSuccess: true, Answer: { } answer })
            {
                return reply.Answer?.Kind is LawmaticsKind.Refused or LawmaticsKind.PathUnknown ? null : CrmLook.NoAnswer(LawmaticsOutcomes.Of(reply, clock.GetUtcNow()));
            }

            hits.AddRange(answer.Records.Where(isSame).Select(contact => contact.Id));
            isWhole = page >= (answer.TotalPages ?? 1);
        }

        return hits.Count == 0 ? (isWhole ? CrmLook.Absent : null) : CrmLook.Found(hits.OrderBy(id => id.Length).ThenBy(id => id, StringComparer.Ordinal).First());
    }

    private static DateTimeOffset? CreatedAt(LawmaticsRecord record) => DateTimeOffset.TryParse(record.Text("created_at"), null, System.Globalization.DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
