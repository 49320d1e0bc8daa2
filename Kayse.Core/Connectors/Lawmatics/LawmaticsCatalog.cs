using Kayse.Core.Companies;
using Kayse.Core.Mapping;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>What a firm has set up in its Lawmatics, as it was loaded last; kept for each Lawmatics firm by itself, since ids are its own.</summary>
public sealed class LawmaticsCatalog(LawmaticsLookups lookups, LawmaticsConnections connections, CrmListLoader lists, TimeProvider clock)
{
    // Each page costs of the rate limit, and stages change rarely.
    private static readonly TimeSpan s_goodFor = TimeSpan.FromDays(1);

    /// <summary>The stages.</summary>
    public async Task<CrmList<CrmStage>> StagesAsync(CompanyId company, ListRead read, CancellationToken cancellationToken) =>
        (await StagesAsync(await AdminAsync(company, cancellationToken), read, cancellationToken)).List;

    /// <summary>The practice areas.</summary>
    public async Task<CrmList<CrmCaseType>> PracticeAreasAsync(CompanyId company, ListRead read, CancellationToken cancellationToken) =>
        (await PracticeAreasAsync(await AdminAsync(company, cancellationToken), read, cancellationToken)).List;

    /// <summary>The sub statuses.</summary>
    public async Task<CrmList<CrmCaseType>> SubStatusesAsync(CompanyId company, ListRead read, CancellationToken cancellationToken)
    {
        var reader = await AdminAsync(company, cancellationToken);
        return (await GetAsync(
            reader, new CrmListName<CrmCaseType>($"sub-statuses~{reader.Firm}", "sub_statuses_loaded", KayseJson.Default.ListCrmCaseType), read, session => lookups.NamesAsync(session, "sub_statuses", cancellationToken), cancellationToken)).List;
    }

    /// <summary>The custom fields of contacts and matters; which, says their section.</summary>
    public async Task<CrmList<CrmField>> FieldsAsync(CompanyId company, ListRead read, CancellationToken cancellationToken) =>
        (await FieldsAsync(await AdminAsync(company, cancellationToken), read, cancellationToken)).List;

    /// <summary>The stages, for a sync: loaded anew when they are a day old.</summary>
    public Task<LawmaticsList<CrmStage>> StagesAsync(LawmaticsTarget target, CancellationToken cancellationToken) =>
        FreshAsync(read => StagesAsync(Reader(target), read, cancellationToken));

    /// <summary>The practice areas, for a sync.</summary>
    public Task<LawmaticsList<CrmCaseType>> PracticeAreasAsync(LawmaticsTarget target, CancellationToken cancellationToken) =>
        FreshAsync(read => PracticeAreasAsync(Reader(target), read, cancellationToken));

    /// <summary>The custom fields, for a sync.</summary>
    public Task<LawmaticsList<CrmField>> FieldsAsync(LawmaticsTarget target, CancellationToken cancellationToken) =>
        FreshAsync(read => FieldsAsync(Reader(target), read, cancellationToken));

    /// <summary>Loads the stages and practice areas anew: Lawmatics did not take one that was thought to be there.</summary>
    public async Task RefreshAsync(LawmaticsTarget target, CancellationToken cancellationToken)
    {
        await StagesAsync(Reader(target), ListRead.Refresh, cancellationToken);
        await PracticeAreasAsync(Reader(target), ListRead.Refresh, cancellationToken);
    }

    private Task<LawmaticsList<CrmStage>> StagesAsync(ListReader reader, ListRead read, CancellationToken cancellationToken) =>
        GetAsync(reader, new CrmListName<CrmStage>($"stages~{reader.Firm}", "stages_loaded", KayseJson.Default.ListCrmStage), read, session => lookups.StagesAsync(session, cancellationToken), cancellationToken);

    private Task<LawmaticsList<CrmCaseType>> PracticeAreasAsync(ListReader reader, ListRead read, CancellationToken cancellationToken) =>
        GetAsync(reader, new CrmListName<CrmCaseType>($"practice-areas~{reader.Firm}", "practice_areas_loaded", KayseJson.Default.ListCrmCaseType), read, session => lookups.NamesAsync(session, "practice_areas", cancellationToken), cancellationToken);

    private Task<LawmaticsList<CrmField>> FieldsAsync(ListReader reader, ListRead read, CancellationToken cancellationToken) =>
        GetAsync(reader, new CrmListName<CrmField>($"fields~{reader.Firm}", "fields_loaded", KayseJson.Default.ListCrmField), read, session => lookups.FieldsAsync(session, cancellationToken), cancellationToken);

    private async Task<LawmaticsList<T>> GetAsync<T>(ListReader reader, CrmListName<T> name, ListRead read, Func<LawmaticsSession, Task<LawmaticsLookedUp<T>>> load, CancellationToken cancellationToken)
    {
        LawmaticsReply? failed = null;
        var list = await lists.GetAsync(reader.Company, LawmaticsConnections.Crm, name, read, LoadAsync, cancellationToken);
        return new LawmaticsList<T>(list, failed);

        async Task<LookedUp<T>> LoadAsync()
        {
            var loaded = reader.Session is { } session ? await load(session) : new LawmaticsLookedUp<T>(null, LawmaticsReply.Of(LawmaticsKind.NotConnected));
            failed = loaded.Reply;
            var reason = loaded.Reply is { } reply ? LawmaticsReasons.Of(reply) : loaded.IsCut ? "There are more in Lawmatics than Kayse reads." : null;
            return new LookedUp<T>(loaded.Items, reason, IsForNow: loaded.Reply is { Answer: null });
        }
    }

    private async Task<LawmaticsList<T>> FreshAsync<T>(Func<ListRead, Task<LawmaticsList<T>>> get)
    {
        var stored = await get(ListRead.LoadIfMissing);
        if (stored.List.Items is null || stored.List.LoadedAt + s_goodFor > clock.GetUtcNow())
        {
            return stored;
        }

        // Where that does not work for now, the older list is good enough.
        return await get(ListRead.Refresh) with { Failed = null };
    }

    private async Task<ListReader> AdminAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(company, cancellationToken);
        return new ListReader(company, LawmaticsLinks.FirmOf(connection), connection.Connected ? connection.Session(company) : null);
    }

    private static ListReader Reader(LawmaticsTarget target) => new(target.Company.Id, target.Firm, target.Session);

    private sealed record ListReader(CompanyId Company, string Firm, LawmaticsSession? Session);
}

/// <summary>A list, and the reply that kept it from being loaded.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="List">The list.</param>
/// <param name="Failed">The reply; null where nothing was to be loaded, or it was.</param>
public sealed record LawmaticsList<T>(CrmList<T> List, LawmaticsReply? Failed);
