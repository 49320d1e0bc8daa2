using Kayse.Core.Cases;
using Kayse.Core.Companies;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Which contact and matter of Lawmatics' are which client and case of Kayse's. A link holds for one Lawmatics firm: while another is connected it does not count, and it does
/// again when that firm is back.
/// </summary>
public sealed class LawmaticsLinks(IEntityStore store, CaseStore cases)
{
    private const string Matters = "lawmatics-matters";
    private const string Contacts = "lawmatics-contacts";
    private const string Makings = "lawmatics-makings";

    private readonly EntityTable<LawmaticsLink> _matters = new(store, Tables.Links, static () => KayseJson.Default.LawmaticsLink);
    private readonly EntityTable<LawmaticsContactLink> _contacts = new(store, Tables.Links, static () => KayseJson.Default.LawmaticsContactLink);
    private readonly EntityTable<LawmaticsContactMaking> _makings = new(store, Tables.Links, static () => KayseJson.Default.LawmaticsContactMaking);

    /// <summary>The Lawmatics firm that links are made for now.</summary>
    public static string FirmOf(LawmaticsConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.LinkFirm;
    }

    /// <summary>A case's link, or null.</summary>
    public async Task<LawmaticsLink?> FindAsync(CompanyId company, string firm, CaseId id, CancellationToken cancellationToken) =>
        (await _matters.GetAsync(Partition(company, Matters, id.ToString()), Row(firm, id.ToString()), cancellationToken))?.Value;

    /// <summary>The case of a matter of Lawmatics', or null.</summary>
    public async Task<CaseId?> CaseOfAsync(CompanyId company, string firm, string matterId, CancellationToken cancellationToken) =>
        Ids.IsValid(matterId) ? (await cases.FindAsync(company, LawmaticsConnections.Crm, ExternalId(firm, matterId), cancellationToken))?.Id : null;

    /// <summary>Takes a matter for a case; false when it is another case's already.</summary>
    public async Task<bool> TakeAsync(CompanyId company, string firm, string matterId, CaseId id, CancellationToken cancellationToken) =>
        await cases.TieAsync(company, LawmaticsConnections.Crm, ExternalId(firm, matterId), id, cancellationToken) == id;

    /// <summary>Adds or changes a case's link.</summary>
    public Task<LawmaticsLink> ChangeAsync(CompanyId company, string firm, CaseId id, Func<LawmaticsLink?, LawmaticsLink> change, CancellationToken cancellationToken) =>
        _matters.UpdateAsync(Partition(company, Matters, id.ToString()), Row(firm, id.ToString()), change, cancellationToken);

    /// <summary>Removes a case's link: the matter is not in Lawmatics any more.</summary>
    public async Task RemoveAsync(CompanyId company, string firm, LawmaticsLink link, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        await RemoveAsync(_matters, Partition(company, Matters, link.Case.ToString()), Row(firm, link.Case.ToString()), cancellationToken);
        await cases.UntieAsync(company, LawmaticsConnections.Crm, ExternalId(firm, link.MatterId), link.Case, cancellationToken);
    }

    /// <summary>A page of a Lawmatics firm's links; the cursor is opaque.</summary>
    public async Task<(IReadOnlyList<LawmaticsLink> Items, string? Next)> ListAsync(CompanyId company, string firm, string? after, int limit, CancellationToken cancellationToken)
    {
        var (rows, next) = await _matters.MergeAsync(Partitions.All(company, Matters), new RowRange($"{firm}~", after), limit, cancellationToken);
        return ([.. rows.Select(row => row.Value)], next);
    }

    /// <summary>A client's contact, or null.</summary>
    public async Task<LawmaticsContactLink?> FindContactAsync(CompanyId company, string firm, ClientId id, CancellationToken cancellationToken) =>
        (await _contacts.GetAsync(Partition(company, Contacts, id.ToString()), Row(firm, id.ToString()), cancellationToken))?.Value;

    /// <summary>Links a client to a contact.</summary>
    public Task SetContactAsync(CompanyId company, string firm, ClientId id, LawmaticsContactLink link, CancellationToken cancellationToken) =>
        _contacts.UpdateAsync(Partition(company, Contacts, id.ToString()), Row(firm, id.ToString()), _ => link, cancellationToken);

    /// <summary>Removes a client's link: the contact is not in Lawmatics any more.</summary>
    public Task RemoveContactAsync(CompanyId company, string firm, ClientId id, CancellationToken cancellationToken) =>
        RemoveAsync(_contacts, Partition(company, Contacts, id.ToString()), Row(firm, id.ToString()), cancellationToken);

    /// <summary>Under what the making of a client's contact is announced, or null where none is under way.</summary>
    public async Task<string?> MakingAsync(CompanyId company, string firm, ClientId id, CancellationToken cancellationToken) =>
        (await _makings.GetAsync(Partition(company, Makings, id.ToString()), Row(firm, id.ToString()), cancellationToken))?.Value.Key;

    /// <summary>Notes under what the making of a client's contact is announced: the client may have another address when it is known what became of it.</summary>
    public Task SetMakingAsync(CompanyId company, string firm, ClientId id, string key, CancellationToken cancellationToken) =>
        _makings.UpdateAsync(Partition(company, Makings, id.ToString()), Row(firm, id.ToString()), _ => new LawmaticsContactMaking(key), cancellationToken);

    /// <summary>Forgets that: what became of it is known.</summary>
    public Task RemoveMakingAsync(CompanyId company, string firm, ClientId id, CancellationToken cancellationToken) =>
        RemoveAsync(_makings, Partition(company, Makings, id.ToString()), Row(firm, id.ToString()), cancellationToken);

    private static async Task RemoveAsync<T>(EntityTable<T> table, string partition, string row, CancellationToken cancellationToken)
        where T : class
    {
        while (await table.GetAsync(partition, row, cancellationToken) is { } found && !await table.DeleteAsync(partition, found, cancellationToken))
        {
            // Another writer was between.
        }
    }

    private static string Partition(CompanyId company, string part, string id) => Partitions.Spread(company, part, id);

    private static string Row(string firm, string id) => $"{firm}~{id}";

    private static string ExternalId(string firm, string matterId) => $"{firm}-{matterId}";
}

/// <summary>A case's matter in Lawmatics.</summary>
/// <param name="Case">The case.</param>
/// <param name="MatterId">Lawmatics' id of the matter.</param>
/// <param name="ContactId">Lawmatics' id of its contact.</param>
/// <param name="LinkedAt">When they were linked.</param>
public sealed record LawmaticsLink(CaseId Case, string MatterId, string ContactId, DateTimeOffset LinkedAt)
{
    /// <summary>A hash of what was last sent of the matter: the same is not sent again by itself.</summary>
    public string? SentHash { get; init; }

    /// <summary>The stage that was sent with it and, once that was looked at, the one that the write left it in; null for none.</summary>
    public string? StageId { get; init; }

    /// <summary>What became of that stage.</summary>
    public StageState Stage { get; init; }

    /// <summary>A hash of what the last activity told.</summary>
    public string? ActivityHash { get; init; }
}

/// <summary>What became of a stage that was sent.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<StageState>))]
public enum StageState
{
    /// <summary>None was sent, or it is not looked at.</summary>
    None,

    /// <summary>It was sent and has to be looked at.</summary>
    Sent,

    /// <summary>Lawmatics took it.</summary>
    Taken,

    /// <summary>Lawmatics left the matter in another.</summary>
    Ignored,
}

/// <summary>A client's contact in Lawmatics.</summary>
/// <param name="ContactId">Lawmatics' id of the contact.</param>
/// <param name="LinkedAt">When they were linked.</param>
/// <param name="IsOurs">True when Kayse made it: then what the client changes goes there too. Of one that was there before, nothing but mapped fields is touched.</param>
/// <param name="SentHash">A hash of what was last sent of it; null for nothing.</param>
public sealed record LawmaticsContactLink(string ContactId, DateTimeOffset LinkedAt, bool IsOurs, string? SentHash);

/// <summary>A contact that is being made for a client.</summary>
/// <param name="Key">What its making is announced under.</param>
public sealed record LawmaticsContactMaking(string Key);
