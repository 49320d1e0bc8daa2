using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;
using Kayse.Core.Storage;

namespace Kayse.Functions.Azure;

/// <summary>How a row is an entity of Azure Tables: its bytes in the properties <c>Json0</c>, <c>Json1</c>, …, and in <c>Write</c> the number of the write that made it so.</summary>
internal static partial class TableRows
{
    // learn.microsoft.com, "Understanding the Table service data model": a binary property has up to 64 KiB.
    private const int MaxPropertyBytes = 64 * 1024;

    // An ETag holds the row's timestamp: no row is as old as this.
    private static readonly ETag s_never = new("W/\"datetime'1900-01-01T00%3A00%3A00.0000000Z'\"");

    /// <summary>The entity that an insert or a replace writes.</summary>
    public static TableEntity Write(string partition, EntityOperation operation, long write)
    {
        var entity = new TableEntity(partition, operation.Row) { ["Write"] = write };
        for (var (part, rest) = (0, operation.Json); rest.Length > 0; part++)
        {
            var length = Math.Min(rest.Length, MaxPropertyBytes);
            entity[Property(part)] = rest[..length].ToArray();
            rest = rest[length..];
        }

        return entity;
    }

    /// <summary>The row of an entity.</summary>
    public static Entity Read(TableEntity entity)
    {
        var json = entity.GetBinary(Property(0)) ?? [];
        for (var part = 1; entity.GetBinary(Property(part)) is { } more; part++)
        {
            json = [.. json, .. more];
        }

        return new Entity(entity.RowKey, entity.ETag.ToString(), json);
    }

    /// <summary>True when a write made the entity what it is.</summary>
    public static bool IsOf(TableEntity entity, long write) => entity.GetInt64("Write") == write;

    /// <summary>What a replace or a delete expects. A text that cannot be an ETag of Azure Tables (and <c>*</c>, which would match anything) is that of no row.</summary>
    public static ETag Expected(string? etag) => etag is not null && Known().IsMatch(etag) ? new ETag(etag) : s_never;

    /// <summary>The ETag of a row that has moved on.</summary>
    public static string Never => s_never.ToString();

    private static string Property(int part) => string.Create(CultureInfo.InvariantCulture, $"Json{part}");

    [GeneratedRegex(@"\AW/""datetime'[0-9A-Za-z%:.-]{1,64}'""\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Known();
}
