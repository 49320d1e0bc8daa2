using System.Buffers;
using System.Text;

namespace Kayse.Core.Storage;

/// <summary>
/// What every adapter of <see cref="IEntityStore"/> refuses alike, so that what runs on one machine runs in Azure.
/// The limits are those of Azure Tables' entity group transactions and keys, some of them tightened
/// (learn.microsoft.com, "Understanding the Table service data model" and "Performing entity group transactions").
/// </summary>
public static class EntityRules
{
    /// <summary>Operations in one batch.</summary>
    public const int MaxOperations = 100;

    /// <summary>Bytes of JSON in one batch.</summary>
    public const int MaxBatchBytes = 2 * 1024 * 1024;

    /// <summary>Bytes of JSON in one row: Azure Tables takes 1 MiB with the keys and the names of its properties.</summary>
    public const int MaxRowBytes = 900 * 1024;

    /// <summary>UTF-8 bytes of a partition or row key.</summary>
    public const int MaxKeyBytes = 512;

    /// <summary>Rows in one page of a range read.</summary>
    public const int MaxPage = 1000;

    private static readonly SearchValues<char> s_lettersAndDigits = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Throws when a table's name is not one that Azure Tables takes.</summary>
    /// <exception cref="ArgumentException">The name is not 3 to 63 letters and digits that begin with a letter.</exception>
    public static void CheckTable(string table)
    {
        if (table is null || table.Length is < 3 or > 63 || !char.IsAsciiLetter(table[0]) || table.AsSpan().ContainsAnyExcept(s_lettersAndDigits))
        {
            throw new ArgumentException("A table's name is 3 to 63 letters and digits and begins with a letter.", nameof(table));
        }
    }

    /// <summary>
    /// Throws when a key is empty, too long, or has a character that Azure Tables refuses. Characters beyond U+FFFF (and halves
    /// of them) are refused as well: without them the order of UTF-8 bytes, SQLite's, is that of UTF-16 units, Azure's.
    /// </summary>
    /// <exception cref="ArgumentException">The key is not allowed; the message says why.</exception>
    public static void CheckKey(string key, string parameter)
    {
        if (string.IsNullOrEmpty(key))
        {
            throw new ArgumentException("A key must not be empty.", parameter);
        }

        if (Encoding.UTF8.GetByteCount(key) > MaxKeyBytes)
        {
            throw new ArgumentException($"A key must not be longer than {MaxKeyBytes} bytes.", parameter);
        }

        foreach (var c in key)
        {
            if (c is '/' or '\\' or '#' or '?' || char.IsControl(c) || char.IsSurrogate(c))
            {
                throw new ArgumentException("A key must not contain / \\ # ?, control characters or characters beyond U+FFFF.", parameter);
            }
        }
    }

    /// <summary>Throws when the prefix of a range (which may be empty) or its resume point (which may be null) could not be of a key.</summary>
    /// <exception cref="ArgumentException">They are not allowed; the message says why.</exception>
    public static void CheckRange(RowRange range)
    {
        ArgumentNullException.ThrowIfNull(range);
        CheckPrefix(range.Prefix);
        if (range.After is not null)
        {
            CheckKey(range.After, nameof(range));
        }
    }

    /// <summary>Throws when a key could not begin so; an empty prefix is allowed.</summary>
    /// <exception cref="ArgumentException">The prefix is not allowed; the message says why.</exception>
    public static void CheckPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length > 0)
        {
            CheckKey(prefix, nameof(prefix));
        }
    }

    /// <summary>Throws when a batch is empty, too large, has too large a row, or touches a row twice.</summary>
    /// <exception cref="ArgumentException">The batch is not allowed; the message says why.</exception>
    public static void CheckBatch(string partition, IReadOnlyList<EntityOperation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        CheckKey(partition, nameof(partition));
        if (operations.Count is 0 or > MaxOperations)
        {
            throw new ArgumentException($"A batch has 1 to {MaxOperations} operations; this one has {operations.Count}.", nameof(operations));
        }

        var bytes = 0L;
        var rows = operations.Count == 1 ? null : new HashSet<string>(operations.Count, StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            CheckKey(operation.Row, nameof(operations));
            if (rows?.Add(operation.Row) == false)
            {
                throw new ArgumentException($"A batch may touch a row only once; '{operation.Row}' stands in it twice.", nameof(operations));
            }

            if (operation.Kind is not (EntityOperationKind.Insert or EntityOperationKind.Replace or EntityOperationKind.Delete))
            {
                throw new ArgumentException("An operation is an insert, a replace or a delete.", nameof(operations));
            }

            if (operation.Kind != EntityOperationKind.Insert && string.IsNullOrEmpty(operation.ETag))
            {
                throw new ArgumentException("A replace or a delete names the ETag that it expects.", nameof(operations));
            }

            if (operation.Json.Length > MaxRowBytes)
            {
                throw new ArgumentException($"A row has at most {MaxRowBytes} bytes; '{operation.Row}' has {operation.Json.Length}.", nameof(operations));
            }

            bytes += operation.Json.Length;
        }

        if (bytes > MaxBatchBytes)
        {
            throw new ArgumentException($"A batch has at most {MaxBatchBytes} bytes; this one has {bytes}.", nameof(operations));
        }
    }

    /// <summary>Throws when a page size is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not between 1 and <see cref="MaxPage"/>.</exception>
    public static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPage);
    }
}
