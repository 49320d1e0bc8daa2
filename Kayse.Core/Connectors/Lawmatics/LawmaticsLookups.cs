using System.Text.Json;
using Kayse.Core.Mapping;
using Kayse.Core.Storage;

namespace Kayse.Core.Connectors.Lawmatics;

/// <summary>Asks Lawmatics for what a firm has set up there: pipelines with their stages, practice areas, custom fields (docs.lawmatics.com).</summary>
public sealed class LawmaticsLookups(LawmaticsClient client)
{
    private const int MaxPages = 20;
    private const int MaxOptions = 1000;
    private const int MaxText = 200;

    /// <summary>The stages, in the order of their pipelines.</summary>
    public async Task<LawmaticsLookedUp<CrmStage>> StagesAsync(LawmaticsSession session, CancellationToken cancellationToken)
    {
        var pipelines = await ReadAsync(session, "/v1/pipelines", "all", static record => record, cancellationToken);
        if (pipelines.Items is null)
        {
            return new LawmaticsLookedUp<CrmStage>(null, pipelines.Reply);
        }

        var known = pipelines.Items.Where(pipeline => Ids.IsValid(pipeline.Id)).DistinctBy(pipeline => pipeline.Id).ToDictionary(pipeline => pipeline.Id, StringComparer.Ordinal);
        var stages = await ReadAsync(session, "/v1/stages", "name,order,pipeline", record => Stage(record, known), cancellationToken);
        return stages with { Items = stages.Items is null ? null : [.. stages.Items.OrderBy(stage => stage.PipelineId, StringComparer.Ordinal).ThenBy(stage => stage.Order)] };
    }

    /// <summary>The practice areas.</summary>
    public Task<LawmaticsLookedUp<CrmCaseType>> PracticeAreasAsync(LawmaticsSession session, CancellationToken cancellationToken) =>
        ReadAsync(session, "/v1/practice_areas", "name", static record => Ids.IsValid(record.Id) && Text(record.Text("name")) is { } name ? new CrmCaseType(record.Id, name) : null, cancellationToken);

    /// <summary>The custom fields of contacts and matters.</summary>
    public Task<LawmaticsLookedUp<CrmField>> FieldsAsync(LawmaticsSession session, CancellationToken cancellationToken) =>
        ReadAsync(session, "/v1/custom_fields", "all", Field, cancellationToken);

    private async Task<LawmaticsLookedUp<T>> ReadAsync<T>(LawmaticsSession session, string path, string fields, Func<LawmaticsRecord, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        var items = new List<T>();
        for (var page = 1; page <= MaxPages; page++)
        {
            var reply = await client.GetAsync(session, LawmaticsPath.Of(path, ("fields", fields), ("page", page == 1 ? null : JsonText.Invariant(page))), cancellationToken);
            if (reply is not { IsSuccess: true, Answer: { } answer })
            {
                return new LawmaticsLookedUp<T>(null, reply);
            }

            items.AddRange(answer.Records.Select(read).OfType<T>());
            // A list's links are wrong; the short lists come whole and say nothing of pages.
            if (page >= (answer.TotalPages ?? 1))
            {
                break;
            }
        }

        return new LawmaticsLookedUp<T>(items, null);
    }

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
}

/// <summary>A list that was asked for.</summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="Items">The items; null when it could not be had.</param>
/// <param name="Reply">The reply instead.</param>
public sealed record LawmaticsLookedUp<T>(IReadOnlyList<T>? Items, LawmaticsReply? Reply);
