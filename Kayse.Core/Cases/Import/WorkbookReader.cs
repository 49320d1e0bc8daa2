using System.Globalization;
using System.IO.Compression;
using System.Text;
using ExcelDataReader;

namespace Kayse.Core.Cases.Import;

/// <summary>
/// Reads the first sheet with rows of an .xlsx workbook, as the file has its values: a formula is not run, its cell has the value that was saved with it.
/// Times are written in Law Ruler's American form, numbers without an exponent, and with the leading zeros that a format like 00000 shows.
/// </summary>
public sealed class WorkbookReader : SheetReader
{
    private const string Unreadable = "The file is no .xlsx workbook that can be read. Save it again as .xlsx or CSV.";
    private const int MaxParts = 10_000;

    // An XML text ends at the next tag: no one text of a part is longer than this.
    private const int MaxRunBytes = 1024 * 1024;

    private readonly IExcelDataReader? _reader;
    private int _number;
    private bool _hasRows;

    // Its settings have a default for old files, which is there only when it is registered.
    static WorkbookReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Opens a workbook.</summary>
    /// <param name="file">The file, which can be read from any place; the caller closes it.</param>
    public WorkbookReader(Stream file)
    {
        Problem = Try(() => Check(file)) ?? Problem;
        if (Problem is null)
        {
            file.Position = 0;
            _reader = Try(() => ExcelReaderFactory.CreateOpenXmlReader(file, new ExcelReaderConfiguration { LeaveOpen = true }));
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings =>
        _reader is { ResultsCount: > 1 } ? [$"The workbook has {_reader.ResultsCount} sheets; only the first with rows was read."] : [];

    /// <inheritdoc/>
    protected override ValueTask<SheetRow?> ReadAsync(CancellationToken cancellationToken)
    {
        while (_reader is { } reader && Problem is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Try(() => reader.Read() ? Row(reader) : null) is { } row)
            {
                _hasRows |= !row.IsBlank;
                return ValueTask.FromResult<SheetRow?>(row);
            }

            if (_hasRows || Problem is not null || Try(() => reader.NextResult() ? this : null) is null)
            {
                break;
            }

            _number = 0;
        }

        return ValueTask.FromResult<SheetRow?>(null);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            _reader?.Dispose();
        }
    }

    /// <summary>Unpacks every part once and counts, so that nothing that is read later can be larger than it says.</summary>
    private static string? Check(Stream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Count > MaxParts || zip.Entries.Any(part => part.Length > ImportLimits.MaxUnpackedBytes))
        {
            return TooLarge();
        }

        var buffer = new byte[64 * 1024];
        var total = 0L;
        foreach (var part in zip.Entries)
        {
            using var content = part.Open();
            var most = part.FullName.EndsWith("sharedStrings.xml", StringComparison.OrdinalIgnoreCase) ? ImportLimits.MaxSharedTextBytes : ImportLimits.MaxUnpackedBytes;
            var isXml = part.FullName.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) || part.FullName.EndsWith(".rels", StringComparison.OrdinalIgnoreCase);
            if (Count(content, buffer, Math.Min(most, ImportLimits.MaxUnpackedBytes - total), isXml ? MaxRunBytes : long.MaxValue) is not { } bytes)
            {
                return TooLarge();
            }

            total += bytes;
        }

        return null;
    }

    /// <summary>A part's bytes, or null when there are more than allowed, or it has a text that is too long.</summary>
    private static long? Count(Stream content, byte[] buffer, long most, long mostBetweenTags)
    {
        var total = 0L;
        var run = 0L;
        int read;
        while ((read = content.Read(buffer)) > 0)
        {
            total += read;
            var tag = buffer.AsSpan(0, read).LastIndexOf((byte)'<');
            run = tag < 0 ? run + read : read - tag;
            if (total > most || run > mostBetweenTags)
            {
                return null;
            }
        }

        return total;
    }

    private static string TooLarge() =>
        $"The workbook is too large when it is unpacked: at most {ImportLimits.MaxUnpackedBytes / (1024 * 1024)} MB in all, {ImportLimits.MaxSharedTextBytes / (1024 * 1024)} MB of texts, and 1 MB in one cell. Save the sheet as CSV.";

    private SheetRow? Row(IExcelDataReader reader)
    {
        _number++;
        var last = reader.FieldCount - 1;
        while (last >= 0 && reader.GetValue(last) is null)
        {
            last--;
        }

        if (last >= ImportLimits.MaxColumns)
        {
            Problem = $"Row {_number} has more than {ImportLimits.MaxColumns} columns.";
            return null;
        }

        var cells = new string[last + 1];
        var characters = 0;
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = Text(reader, i);
            characters += cells[i].Length;
            // One text may stand in very many cells, and is only once in the file.
            if (cells[i].Length > ImportLimits.MaxCellCharacters || characters > ImportLimits.MaxRowCharacters)
            {
                Problem = $"Row {_number} has a cell of more than {ImportLimits.MaxCellCharacters} characters, or more than {ImportLimits.MaxRowCharacters} in all.";
                return null;
            }
        }

        return new SheetRow(_number, cells);
    }

    private static string Text(IExcelDataReader reader, int column) => reader.GetValue(column) switch
    {
        null => string.Empty,
        string text => text,
        DateTime time => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "MM/dd/yyyy" : "MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture),
        double number => Number(number, reader.GetNumberFormatString(column)),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static string Number(double number, string? format)
    {
        // A decimal has the fifteen digits that a spreadsheet shows, and no exponent.
        var text = Math.Abs(number) < 1e27 ? ((decimal)number).ToString(CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
        return format is { Length: > 1 } && format.All(c => c == '0') && text.All(char.IsAsciiDigit) ? text.PadLeft(format.Length, '0') : text;
    }

    private T? Try<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
#pragma warning disable CA1031 // Whatever the library makes of a broken file: the file is what is wrong.
        catch (Exception)
#pragma warning restore CA1031
        {
            Problem = Unreadable;
            return null;
        }
    }
}
