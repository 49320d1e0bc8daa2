using System.Text.Json;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>
/// Asks Lawmatics for what a firm has set up there: pipelines with their stages, practice areas, sub statuses, custom fields (docs.lawmatics.com). A list that the rate limit cuts off is gone on
/// with where it stood: however long it is and however low the limit, it comes to its end.
/// </summary>
public sealed class LawmaticsLookups(LawmaticsClient client, CrmLists lists, TimeProvider clock)
{
    private const int PageSize = 25;
    private const int MaxPages = 100;
    private const int MaxOptions = 1000;
    private const int MaxText = 200;

    // Pages that were read longer ago do not fit those that come now.
    private static readonly TimeSpan s_goodFor = TimeSpan.FromHours(1);

    /// <summary>The stages, in the order of their pipelines.</summary>
    public async Task<LawmaticsLookedUp<CrmStage>> StagesAsync(LawmaticsSession session, CancellationToken cancellationToken)
    {
        var pipelines = await ReadAsync(session, "pipelines", "all", cancellationToken);
        var stages = pipelines.Reply is null ? await ReadAsync(session, "stages", "name,order,pipeline", cancellationToken) : null;
        return await EndAsync(session, stages is null ? [pipelines] : [pipelines, stages], Stages, cancellationToken);

        IEnumerable<CrmStage> Stages()
        {
            var known = pipelines.Records.Where(pipeline => Ids.IsValid(pipeline.Id)).ToDictionary(pipeline => pipeline.Id, StringComparer.Ordinal);
            return stages!.Records.Select(record => Stage(record, known)).OfType<CrmStage>().OrderBy(stage => stage.PipelineId, StringComparer.Ordinal).ThenBy(stage => stage.Order);
        }
    }

    /// <summary>The ids and names of a list: <c>practice_areas</c> or <c>sub_statuses</c>.</summary>
    public async Task<LawmaticsLookedUp<CrmCaseType>> NamesAsync(LawmaticsSession session, string list, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(session, list, "name", cancellationToken);
        return await EndAsync(
            session, [read], () => read.Records.Select(static record => Ids.IsValid(record.Id) && Text(record.Text("name")) is { } name ? new CrmCaseType(record.Id, name) : null).OfType<CrmCaseType>(), cancellationToken);
    }

    /// <summary>The custom fields of contacts and matters.</summary>
    public async Task<LawmaticsLookedUp<CrmField>> FieldsAsync(LawmaticsSession session, CancellationToken cancellationToken)
    {
        var fields = await ReadAsync(session, "custom_fields", "all", cancellationToken);
        return await EndAsync(session, [fields], () => fields.Records.Select(Field).OfType<CrmField>(), cancellationToken);
    }

    private async Task<ReadPages> ReadAsync(LawmaticsSession session, string list, string fields, CancellationToken cancellationToken)
    {
        var kept = await lists.GetAsync(session.Company, LawmaticsConnections.Crm, Kept(list), KayseJson.Default.ListLawmaticsPage, cancellationToken);
        var pages = kept is { Items: { } read, LoadedAt: { } at } && at + s_goodFor > clock.GetUtcNow() && read.All(page => page.TokenId == session.TokenId) ? read.ToList() : [];
        var begun = pages.Count;
        var ids = pages.SelectMany(page => page.Records).Select(record => new LawmaticsRecord(record).Id).ToHashSet(StringComparer.Ordinal);
        while (pages.Count < MaxPages && pages is not [.., { IsLast: true }])
        {
            var number = pages.Count + 1;
            var reply = await client.GetAsync(session, LawmaticsPath.Of($"/v1/{list}", ("fields", fields), ("page", number == 1 ? null : JsonText.Invariant(number))), cancellationToken);
            if (reply is not { IsSuccess: true, Answer: { } answer })
            {
                return new ReadPages(list, pages, begun, reply);
            }

            var fresh = answer.Records.Count(record => ids.Add(record.Id));
            // A list's links are wrong; a short list comes whole and says nothing of pages, and then no page brings anything that the one before did not.
            pages.Add(new LawmaticsPage(session.TokenId, answer.TotalPages is { } total ? number >= total : fresh < PageSize, [.. answer.Records.Select(record => record.Json)]));
        }

        return new ReadPages(list, pages, begun, null);
    }

    /// <summary>Makes the items of the pages, where all are there; else keeps what was read for the next try.</summary>
    private async Task<LawmaticsLookedUp<T>> EndAsync<T>(LawmaticsSession session, IReadOnlyList<ReadPages> read, Func<IEnumerable<T>> items, CancellationToken cancellationToken)
    {
        var reply = read[^1].Reply;
        foreach (var list in read)
        {
            var keeps = reply is null ? [] : list.Pages;
            if (keeps.Count != list.Begun)
            {
                await lists.SaveAsync(session.Company, LawmaticsConnections.Crm, Kept(list.List), keeps, KayseJson.Default.ListLawmaticsPage, cancellationToken);
            }
        }

        return reply is null ? new LawmaticsLookedUp<T>([.. items()], null, IsCut: read.Any(list => list.Pages is [.., { IsLast: false }])) : new LawmaticsLookedUp<T>(null, reply);
    }

    private static string Kept(string list) => $"pages~{list}";

    private static CrmStage? Stage(LawmaticsRecord record, Dictionary<string, LawmaticsRecord> pipelines)
    {
        if (!Ids.IsValid(record.Id) || Text(record.Text("name")) is not { } name)
        {
            return null;
        }

        var pipeline = record.Related("pipeline") is { } id ? pipelines.GetValueOrDefault(id) : null;
        var order = record.Attribute("order") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var place) ? place : int.MaxValue;
        return new CrmStage(record.Id, name, pipeline?.Id ?? string.Empty, Text(pipeline?.Text("name")) ?? string.Empty, string.Equals(pipeline?.Text("pipeline_type"), "intake", StringComparison.OrdinalIgnoreCase), order);
    }

    private static CrmField? Field(LawmaticsRecord record)
    {
        if (!Ids.IsValid(record.Id) || Text(record.Text("name")) is not { } name)
        {
            return null;
        }

        var options = record.Attribute("list_options") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Select(option => Text(option.ValueKind == JsonValueKind.String ? JsonText.String(option) : JsonText.Text(option, "name"))) : [];
        // Reads call it Prospect, writes Matter.
        var section = string.Equals(record.Text("type"), "Matter", StringComparison.OrdinalIgnoreCase) ? LawmaticsFields.Matter : record.Text("type");
        return new CrmField(record.Id, name, record.Text("field_type"), section, [.. options.OfType<string>().Distinct(StringComparer.Ordinal).Take(MaxOptions)]);
    }

    private static string? Text(string? text) => text?.Trim() is { Length: > 0 and <= MaxText } trimmed ? trimmed : null;

    private sealed record ReadPages(string List, IReadOnlyList<LawmaticsPage> Pages, int Begun, LawmaticsReply? Reply)
    {
        // What moves between pages while they are read comes twice.
        public IReadOnlyList<LawmaticsRecord> Records { get; } = [.. Pages.SelectMany(page => page.Records).Select(record => new LawmaticsRecord(record)).DistinctBy(record => record.Id)];
    }
}

/// <summary>A page of a list, kept until the others are there.</summary>
/// <param name="TokenId">The connection that it was read over.</param>
/// <param name="IsLast">True when no other comes behind it.</param>
/// <param name="Records">What is on it, as Lawmatics sent it.</param>
public sealed record LawmaticsPage(string? TokenId, bool IsLast, IReadOnlyList<JsonElement> Records);

/// <summary>A list that was asked for.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="Items">The items; null when it could not be had.</param>
/// <param name="Reply">The reply instead.</param>
/// <param name="IsCut">True when there is more than is read.</param>
public sealed record LawmaticsLookedUp<T>(IReadOnlyList<T>? Items, LawmaticsReply? Reply, bool IsCut = false);
