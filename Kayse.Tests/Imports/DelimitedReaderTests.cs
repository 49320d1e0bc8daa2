using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kayse.Core.Cases.Import;

namespace Kayse.Tests.Imports;

public sealed class DelimitedReaderTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "1:a|b 2:1|2")]
    [InlineData("a,b\r\n1,2", "1:a|b 2:1|2")]
    [InlineData("a,b\r1,2\r", "1:a|b 2:1|2")]
    [InlineData("a,b\n\n\r\n,\n1,2", "1:a|b 5:1|2")]
    [InlineData("\"a, and\",b\n\"say \"\"hi\"\"\",2", "1:a, and|b 2:say \"hi\"|2")]
    [InlineData("a,b\n\"two\nlines\",\"and\r\nthree\"\n3,4", "1:a|b 2:two\nlines|and\r\nthree 3:3|4")]
    [InlineData("a,b\n5\" pipe,2", "1:a|b 2:5\" pipe|2")]
    [InlineData("a,b\n\"x\"y,2", "1:a|b 2:xy|2")]
    [InlineData("a,b,c\n1\n1,2,3,4", "1:a|b|c 2:1 3:1|2|3|4")]
    [InlineData("a\tb\n1,5\t2", "1:a|b 2:1,5|2")]
    [InlineData("a;b\n1,5;2", "1:a|b 2:1,5|2")]
    [InlineData("a|b\n1|2", "1:a|b 2:1|2")]
    [InlineData("\"a;b;c\",d\n1,2", "1:a;b;c|d 2:1|2")]
    [InlineData("sep=;\r\na;b\r\n1;2", "1:a|b 2:1|2")]
    [InlineData("a\n=1+1\n+1\n-1\n@x", "1:a 2:=1+1 3:+1 4:-1 5:@x")]
    [InlineData("a\n\"\"", "1:a")]
    [InlineData("", "")]
    [InlineData("\n\n", "")]
    public async Task Rows_are_read_as_a_spreadsheet_shows_them(string text, string expected)
    {
        using var reader = new DelimitedReader(new StringReader(text));

        Assert.Equal(expected, string.Join(' ', (await AllAsync(reader)).Select(row => $"{row.Number}:{string.Join('|', row.Cells)}")));
        Assert.Null(reader.Problem);
    }

    [Fact]
    public async Task A_quote_that_is_not_closed_is_named_by_its_row_and_the_rest_is_not_held_in_memory()
    {
        using var small = new DelimitedReader(new StringReader("a,b\n1,2\n3,\"open\n4,5\n"));
        Assert.Equal(2, (await AllAsync(small)).Count);
        Assert.Equal("Row 3 has a quote that is not closed.", small.Problem);

        using var large = new DelimitedReader(new StringReader("a,b\n3,\"open\n" + new string('x', ImportLimits.MaxCellCharacters + 10)));
        Assert.Single(await AllAsync(large));
        Assert.Equal("Row 2 has a quote that is not closed.", large.Problem);
    }

    [Fact]
    public async Task What_is_larger_than_it_may_be_ends_the_rows_with_a_reason()
    {
        using var cell = new DelimitedReader(new StringReader("a\n" + new string('x', ImportLimits.MaxCellCharacters + 1)));
        await AllAsync(cell);
        Assert.Contains("Row 2 has a cell of more than 100000", cell.Problem, StringComparison.Ordinal);

        using var columns = new DelimitedReader(new StringReader("a\n" + new string(',', ImportLimits.MaxColumns + 1)));
        await AllAsync(columns);
        Assert.Contains("Row 2 has more than 300 columns", columns.Problem, StringComparison.Ordinal);

        using var row = new DelimitedReader(new StringReader(string.Join(',', Enumerable.Repeat(new string('x', 90_000), 12))));
        await AllAsync(row);
        Assert.Contains("Row 1 has more than 1000000 characters", row.Problem, StringComparison.Ordinal);

        using var binary = new DelimitedReader(new StringReader("a\0b"));
        Assert.Empty(await AllAsync(binary));
        Assert.Contains("no text", binary.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_written_by_the_rules_is_read_as_it_was_wherever_the_buffer_ends()
    {
        var cells = Gen.ListOf(Gen.Elements("a", "é", "\"", ",", ";", "\t", "\r", "\n", "\r\n", " ", "=", "😀", "0")).Select(parts => string.Concat(parts.Take(6)));
        var rows =
            from width in Gen.Choose(1, 4)
            from table in Gen.ListOf(cells.ArrayOf(width))
            from size in Gen.Choose(1, 9)
            from delimiter in Gen.Elements(',', ';', '\t')
            from end in Gen.Elements("\n", "\r", "\r\n")
            from last in Gen.Elements(true, false)
            select (Table: table.Take(6).ToList(), Size: size, Delimiter: delimiter, End: end, Last: last);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(rows.ToArbitrary(), one =>
        {
            var lines = one.Table.Select(row => string.Join(one.Delimiter, row.Select(cell => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
            var text = string.Join(one.End, lines) + (one.Last ? one.End : string.Empty);
            using var reader = new DelimitedReader(new StringReader(text), one.Delimiter, one.Size);
            var read = AllAsync(reader).GetAwaiter().GetResult();
            var expected = one.Table.Select((row, i) => new SheetRow(i + 1, row)).Where(row => !row.IsBlank).ToList();
            return reader.Problem is null && expected.Count == read.Count && expected.Zip(read).All(pair => pair.First.Number == pair.Second.Number && pair.First.Cells.SequenceEqual(pair.Second.Cells));
        }));
    }

    [Fact]
    public void No_text_makes_it_throw_or_go_on_for_ever()
    {
        var texts = Gen.ListOf(Gen.Elements("a", "\"", "\"\"", ",", "\r", "\n", "sep=", ";", "\0", " ")).Select(parts => string.Concat(parts));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            using var reader = new DelimitedReader(new StringReader(text));
            return AllAsync(reader).GetAwaiter().GetResult().Count <= text.Length + 1;
        }));
    }

    internal static async Task<List<SheetRow>> AllAsync(SheetReader reader)
    {
        var rows = new List<SheetRow>();
        while (await reader.NextAsync(default) is { } row)
        {
            rows.Add(row);
        }

        return rows;
    }
}

public sealed class TextDecodingTests
{
    private const string Text = "Lead ID,First Name\n1,José Müller – “O’Neil”\n";

    public static TheoryData<string, byte[]> Encodings => new()
    {
        { "utf-8", Encoding.UTF8.GetBytes(Text) },
        { "utf-8", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Text)] },
        { "utf-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Text)] },
        { "utf-16", Encoding.Unicode.GetBytes(Text) },
        { "utf-16BE", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Text)] },
        { "utf-16BE", Encoding.BigEndianUnicode.GetBytes(Text) },
        { "windows-1252", CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes(Text) },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task A_text_is_read_in_the_encoding_that_it_has(string name, byte[] bytes)
    {
        var decoding = new TextDecoding(bytes.AsSpan(0, 4));
        using var text = decoding.Open(new MemoryStream(bytes));

        Assert.Equal(Text, await text.ReadToEndAsync());
        Assert.Equal(name, decoding.Name);
    }

    [Fact]
    public async Task A_letter_of_several_bytes_is_read_wherever_the_buffer_ends()
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var expected = new string('x', shift) + string.Concat(Enumerable.Repeat("é–😀", 20_000));
            var bytes = Encoding.UTF8.GetBytes(expected);
            var decoding = new TextDecoding(bytes.AsSpan(0, 4));
            using var text = decoding.Open(new MemoryStream(bytes));

            Assert.Equal(expected, await text.ReadToEndAsync());
            Assert.Equal("utf-8", decoding.Name);
        }
    }
}
