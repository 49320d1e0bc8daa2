namespace Kayse.Core.Cases.Import;

/// <summary>How much one import may be.</summary>
public static class ImportLimits
{
    /// <summary>Bytes of an upload.</summary>
    public const long MaxUploadBytes = 50L * 1024 * 1024;

    /// <summary>Bytes of a workbook's parts when they are unpacked.</summary>
    public const long MaxUnpackedBytes = 500L * 1024 * 1024;

    /// <summary>Bytes of the texts that a workbook keeps in one place: they are held in memory while it is read.</summary>
    public const long MaxSharedTextBytes = 100L * 1024 * 1024;

    /// <summary>Rows below the header.</summary>
    public const int MaxRows = 200_000;

    /// <summary>Columns.</summary>
    public const int MaxColumns = 300;

    /// <summary>Characters of a cell; a spreadsheet's own limit is 32,767.</summary>
    public const int MaxCellCharacters = 100_000;

    /// <summary>Characters of a row.</summary>
    public const int MaxRowCharacters = 1_000_000;

    /// <summary>Characters of all rows together.</summary>
    public const long MaxCharacters = 500L * 1024 * 1024;

    /// <summary>Characters of a column's name; the rest is cut off.</summary>
    public const int MaxNameCharacters = 200;

    /// <summary>Rows that are stored and imported together.</summary>
    public const int ChunkRows = 500;

    /// <summary>Characters of cells after which a chunk is closed.</summary>
    public const int ChunkCharacters = 1_000_000;
}
