using System.IO.Compression;
using System.Security;
using System.Text;

namespace Kayse.Tests.Imports;

/// <summary>Makes .xlsx files (ECMA-376) of the few parts that a reader needs.</summary>
internal static class Workbook
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>A workbook of text cells.</summary>
    public static byte[] Of(params string[][] rows) => OfSheets(Sheet(rows));

    /// <summary>A sheet of text cells.</summary>
    public static string Sheet(params string[][] rows) =>
        SheetOf(string.Concat(rows.Select((row, r) => $"<row r=\"{r + 1}\">{string.Concat(row.Select((cell, c) => $"<c r=\"{(char)('A' + c)}{r + 1}\" t=\"inlineStr\"><is><t>{SecurityElement.Escape(cell)}</t></is></c>"))}</row>")));

    /// <summary>A sheet of rows that are written out.</summary>
    public static string SheetOf(string rows) => $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"{Main}\"><sheetData>{rows}</sheetData></worksheet>";

    /// <summary>A workbook of sheets that are written out.</summary>
    public static byte[] OfSheets(params string[] sheets) => Zip(sheets, _ => { });

    /// <summary>A workbook of sheets that are written out (null for one that comes with the rest), and what else is put into it.</summary>
    public static byte[] Zip(string?[] sheets, Action<ZipArchive> more)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>");
            Add(zip, "_rels/.rels", $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{Relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
            Add(zip, "xl/workbook.xml", $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Relations}\"><sheets>{string.Concat(sheets.Select((_, i) => $"<sheet name=\"S{i + 1}\" sheetId=\"{i + 1}\" r:id=\"rId{i + 1}\"/>"))}</sheets></workbook>");
            Add(zip, "xl/_rels/workbook.xml.rels", $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{string.Concat(sheets.Select((_, i) => $"<Relationship Id=\"rId{i + 1}\" Type=\"{Relations}/worksheet\" Target=\"worksheets/sheet{i + 1}.xml\"/>"))}<Relationship Id=\"rIdS\" Type=\"{Relations}/styles\" Target=\"styles.xml\"/></Relationships>");
            // Style 1 shows five digits, style 2 is a date.
            Add(zip, "xl/styles.xml", $"<styleSheet xmlns=\"{Main}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"00000\"/></numFmts><cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"164\" applyNumberFormat=\"1\"/><xf numFmtId=\"14\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>");
            for (var i = 0; i < sheets.Length; i++)
            {
                if (sheets[i] is { } sheet)
                {
                    Add(zip, $"xl/worksheets/sheet{i + 1}.xml", sheet);
                }
            }

            more(zip);
        }

        return bytes.ToArray();
    }

    /// <summary>Adds a part of so many bytes of one character.</summary>
    public static void AddLarge(ZipArchive zip, string name, long size, string start = "")
    {
        using var part = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        part.Write(Encoding.UTF8.GetBytes(start));
        var block = new byte[1024 * 1024];
        block.AsSpan().Fill((byte)' ');
        for (var left = size; left > 0; left -= block.Length)
        {
            part.Write(block, 0, (int)Math.Min(block.Length, left));
        }
    }

    private static void Add(ZipArchive zip, string name, string text)
    {
        using var part = zip.CreateEntry(name).Open();
        part.Write(Encoding.UTF8.GetBytes(text));
    }
}
