using System.Buffers.Binary;
using Kayse.Core.Cases.Import;

namespace Kayse.Tests.Imports;

public sealed class WorkbookReaderTests
{
    [Fact]
    public async Task Cells_are_read_as_the_text_that_a_person_sees_and_no_formula_is_run()
    {
        var sheet = Workbook.SheetOf(
            "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Lead ID</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>x</t></is></c></row>" +
            "<row r=\"3\"><c r=\"A3\"><v>711551</v></c><c r=\"B3\" s=\"1\"><v>1234</v></c><c r=\"C3\" s=\"2\"><v>36526</v></c><c r=\"D3\"><v>15055550142</v></c><c r=\"E3\"><v>0.25</v></c>" +
            "<c r=\"F3\"><f>1+1</f><v>7</v></c><c r=\"G3\" t=\"inlineStr\"><is><t>=1+1</t></is></c><c r=\"H3\" t=\"b\"><v>1</v></c></row>");

        var rows = await ReadAsync(Workbook.OfSheets(sheet));

        Assert.Equal([1, 3], rows.Rows.Select(row => row.Number));
        Assert.Equal(["711551", "01234", "01/01/2000", "15055550142", "0.25", "7", "=1+1", "True"], rows.Rows[1].Cells);
    }

    [Fact]
    public async Task The_first_sheet_with_rows_is_read_and_the_others_are_named()
    {
        var rows = await ReadAsync(Workbook.OfSheets(Workbook.Sheet(), Workbook.Sheet(["Lead ID"], ["1"]), Workbook.Sheet(["Other"])));

        Assert.Equal(["Lead ID", "1"], rows.Rows.Select(row => row.Cells[0]));
        Assert.Contains("3 sheets", Assert.Single(rows.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_bomb_is_refused_before_it_is_unpacked()
    {
        var bomb = Workbook.Zip([Workbook.Sheet(["Lead ID"], ["1"])], zip => Workbook.AddLarge(zip, "xl/media/image1.png", ImportLimits.MaxUnpackedBytes + 1));
        Assert.True(bomb.Length < 10 * 1024 * 1024);

        Assert.Contains("too large when it is unpacked", (await ReadAsync(bomb)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_that_lies_about_its_size_unpacks_to_no_more_than_it_says()
    {
        var honest = Workbook.Zip([null], zip => Workbook.AddLarge(zip, "xl/worksheets/sheet1.xml", 120L * 1024 * 1024, "<worksheet><sheetData>"));
        Assert.Contains("too large", (await ReadAsync(honest)).Problem, StringComparison.Ordinal);

        Assert.Empty((await ReadAsync(Lie(honest, size: 1000))).Rows);
    }

    [Fact]
    public async Task One_cell_of_megabytes_is_refused()
    {
        var sheet = Workbook.SheetOf($"<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{new string('x', 2 * 1024 * 1024)}</t></is></c></row>");

        Assert.Contains("1 MB in one cell", (await ReadAsync(Workbook.OfSheets(sheet))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workbook_that_is_broken_is_a_problem_and_no_fault()
    {
        var whole = Workbook.Of(["Lead ID"], ["1"]);
        foreach (var length in Enumerable.Range(1, 20).Select(i => whole.Length * i / 21))
        {
            Assert.NotNull((await ReadAsync(whole[..length])).Problem);
        }

        Assert.NotNull((await ReadAsync(Workbook.OfSheets(Workbook.SheetOf("<row r=\"1\"><c r=\"A1\"")))).Problem);
        Assert.NotNull((await ReadAsync([(byte)'P', (byte)'K', 3, 4, 0, 0])).Problem);
    }

    private static async Task<(List<SheetRow> Rows, string? Problem, IReadOnlyList<string> Warnings)> ReadAsync(byte[] bytes)
    {
        using var file = new MemoryStream(bytes);
        using var reader = new WorkbookReader(file);
        var rows = await DelimitedReaderTests.AllAsync(reader);
        return (rows, reader.Problem, reader.Warnings);
    }

    /// <summary>The same zip whose directory says another size for its largest part.</summary>
    private static byte[] Lie(byte[] zip, uint size)
    {
        var bytes = (byte[])zip.Clone();
        for (var i = 0; i < bytes.Length - 46; i++)
        {
            // A file header of the central directory (APPNOTE 4.3.12): the size when unpacked stands at 24.
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i)) == 0x02014b50 && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i + 24)) > 100_000_000)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i + 24), size);
            }
        }

        return bytes;
    }
}
