using System.Buffers;
using System.IO.Pipelines;
using Kayse.Core.Companies;
using Kayse.Core.Connectors.LawRuler;
using Kayse.Core.Storage;

namespace Kayse.Core.Cases.Import;

/// <summary>
/// Reads a file that came for an import and stores its rows in parts, so that the import can go on at any of them. Text is read as it comes; a workbook, which
/// can only be read back and forth, through a temporary file.
/// </summary>
public sealed class ImportUpload(ImportStore imports, LawRulerConnections connections, TimeProvider clock)
{
    private const int HeadBytes = 4;
    private const int BufferBytes = 64 * 1024;

    /// <summary>Reads a file.</summary>
    /// <param name="company">The firm.</param>
    /// <param name="content">The file's bytes.</param>
    /// <param name="fileName">Its name, or null.</param>
    /// <param name="cancellationToken">The sender has gone.</param>
    /// <returns>The import, or what is wrong with the file; then nothing is kept of it.</returns>
    public async Task<ImportReading> ReadAsync(CompanyId company, Stream content, string? fileName, CancellationToken cancellationToken)
    {
        var import = new CaseImport { Id = Ids.New(ImportStore.IdPrefix, clock), CreatedAt = clock.GetUtcNow(), State = ImportStates.Reading, FileName = fileName };
        await imports.AddAsync(company, import, cancellationToken);
        await using var bounded = new BoundedStream(content, ImportLimits.MaxUploadBytes);
        try
        {
            var (read, problem) = await ReadAsync(company, import, bounded, cancellationToken);
            if (problem is null)
            {
                return new ImportReading(await imports.ChangeAsync(company, import.Id, _ => read, cancellationToken), null, IsTooLarge: false);
            }

            await imports.DeleteAsync(company, import.Id, cancellationToken);
            return new ImportReading(null, problem, IsTooLarge: false);
        }
        catch (StreamTooLongException)
        {
            await imports.DeleteAsync(company, import.Id, cancellationToken);
            return new ImportReading(null, null, IsTooLarge: true);
        }
        catch
        {
            // Whoever sent it has gone, or the store has: nobody can start it, and it holds personal data.
            await imports.DeleteAsync(company, import.Id, CancellationToken.None);
            throw;
        }
    }

    private async Task<(CaseImport Import, string? Problem)> ReadAsync(CompanyId company, CaseImport import, Stream content, CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(content, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));
        var start = await pipe.ReadAtLeastAsync(HeadBytes, cancellationToken);
        var head = start.Buffer.Slice(0, Math.Min(HeadBytes, start.Buffer.Length)).ToArray();
        pipe.AdvanceTo(start.Buffer.Start);
        await using var whole = pipe.AsStream();
        if (head is [0xD0, 0xCF, 0x11, 0xE0])
        {
            return (import, "This is a workbook of the old form (.xls). Save it as .xlsx or CSV.");
        }

        if (head is [(byte)'P', (byte)'K', 3, 4])
        {
            await using var file = await SpoolAsync(whole, cancellationToken);
            using var workbook = new WorkbookReader(file);
            return await StoreAsync(company, import with { Format = "xlsx" }, workbook, null, cancellationToken);
        }

        var decoding = new TextDecoding(head);
        using var text = new DelimitedReader(decoding.Open(whole));
        return await StoreAsync(company, import with { Format = "text" }, text, decoding, cancellationToken);
    }

    private static async Task<FileStream> SpoolAsync(Stream content, CancellationToken cancellationToken)
    {
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
        try
        {
            var buffer = new byte[BufferBytes];
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await WriteAsync(file, buffer.AsMemory(0, read), cancellationToken);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static async Task WriteAsync(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException fault)
        {
            throw new StorageUnavailableException("The folder for temporary files cannot be written.", fault);
        }
    }

    private async Task<(CaseImport Import, string? Problem)> StoreAsync(CompanyId company, CaseImport import, SheetReader sheet, TextDecoding? decoding, CancellationToken cancellationToken)
    {
        if (await sheet.NextAsync(cancellationToken) is not { } header)
        {
            return (import, sheet.Problem ?? "The file is empty. Expected a header with the columns' names, and rows below it.");
        }

        var columns = Columns(header);
        if (columns.Count > ImportLimits.MaxColumns)
        {
            return (import, $"The file has more than {ImportLimits.MaxColumns} columns.");
        }

        await imports.WriteColumnsAsync(company, import.Id, columns, cancellationToken);
        var chunks = new ChunkWriter(imports, company, import.Id);
        while (await sheet.NextAsync(cancellationToken) is { } row)
        {
            if (await chunks.AddAsync(row, cancellationToken) is { } problem)
            {
                return (import, problem);
            }
        }

        if (sheet.Problem is not null || chunks.Rows == 0)
        {
            return (import, sheet.Problem ?? "The file has a header and no rows below it.");
        }

        await chunks.CloseAsync(cancellationToken);
        var settings = (await connections.GetAsync(company, cancellationToken)).Settings.Webhook;
        return (import with
        {
            State = ImportStates.Uploaded,
            Encoding = decoding?.Name,
            Rows = chunks.Rows,
            Chunks = chunks.Chunks,
            Mapping = ImportMapping.Guess(columns, settings),
            Warnings = [.. sheet.Warnings, .. decoding?.Name == "windows-1252" ? ["The text is not UTF-8; it was read as Windows-1252. Look at names with accents in the preview."] : Array.Empty<string>()],
        }, null);
    }

    private static List<string> Columns(SheetRow header)
    {
        var cells = header.Cells.Select(cell => cell.Trim()).ToList();
        var last = cells.FindLastIndex(cell => cell.Length > 0);
        return [.. cells.Take(last + 1).Select((cell, i) => cell.Length == 0 ? $"Column {i + 1}" : cell.Length > ImportLimits.MaxNameCharacters ? cell[..ImportLimits.MaxNameCharacters] : cell)];
    }

    private sealed class ChunkWriter(ImportStore imports, CompanyId company, string id)
    {
        private List<SheetRow> _open = [];
        private int _openCharacters;
        private long _characters;

        public int Rows { get; private set; }

        public int Chunks { get; private set; }

        public async Task<string?> AddAsync(SheetRow row, CancellationToken cancellationToken)
        {
            var characters = row.Cells.Sum(cell => cell.Length);
            if (++Rows > ImportLimits.MaxRows)
            {
                return $"The file has more than {ImportLimits.MaxRows:#,0} rows. Split it.";
            }

            if ((_characters += characters) > ImportLimits.MaxCharacters)
            {
                return $"The rows have more than {ImportLimits.MaxCharacters} characters together. Split the file.";
            }

            _open.Add(row);
            _openCharacters += characters;
            if (_open.Count == ImportLimits.ChunkRows || _openCharacters > ImportLimits.ChunkCharacters)
            {
                await CloseAsync(cancellationToken);
            }

            return null;
        }

        public async Task CloseAsync(CancellationToken cancellationToken)
        {
            if (_open.Count > 0)
            {
                await imports.WriteRowsAsync(company, id, Chunks++, _open, cancellationToken);
                _open = [];
                _openCharacters = 0;
            }
        }
    }
}

/// <summary>What came of a file.</summary>
/// <param name="Import">The import, or null when the file cannot be imported.</param>
/// <param name="Problem">What is wrong with the file and what to do.</param>
/// <param name="IsTooLarge">True when it has more bytes than are read.</param>
public sealed record ImportReading(CaseImport? Import, string? Problem, bool IsTooLarge);
