using System.Text;

namespace Kayse.Core.Cases.Import;

/// <summary>
/// Decodes a text file whose encoding nobody told: UTF-8 and UTF-16 by their byte order mark, UTF-16 without one by the zeros that it has, and UTF-8 otherwise,
/// where bytes that are no UTF-8 are read as Windows-1252: an old spreadsheet's accented letters are practically never valid UTF-8.
/// </summary>
public sealed class TextDecoding
{
    private static readonly Encoding s_windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private readonly Encoding _encoding;
    private readonly Windows1252Fallback _fallback = new();

    /// <summary>Chooses the encoding.</summary>
    /// <param name="head">The file's first bytes, four where it has as many.</param>
    public TextDecoding(ReadOnlySpan<byte> head)
    {
        _encoding = head switch
        {
            [0xFF, 0xFE, ..] or [not 0, 0, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] or [0, not 0, ..] => Encoding.BigEndianUnicode,
            _ => Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, _fallback),
        };
    }

    /// <summary>The encoding's name as far as the text was read: <c>utf-8</c>, <c>utf-16</c>, <c>utf-16BE</c> or <c>windows-1252</c>.</summary>
    public string Name => _fallback.IsUsed ? "windows-1252" : _encoding.WebName;

    /// <summary>Opens a file's text, without its byte order mark; closing it closes the stream.</summary>
    public TextReader Open(Stream stream) => new StreamReader(stream, _encoding, detectEncodingFromByteOrderMarks: false, bufferSize: 16 * 1024);

    private sealed class Windows1252Fallback : DecoderFallback
    {
        public bool IsUsed { get; private set; }

        // The longest part of a broken UTF-8 sequence that is handed over at once.
        public override int MaxCharCount => 4;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(this);

        private sealed class Buffer(Windows1252Fallback owner) : DecoderFallbackBuffer
        {
            private string _text = string.Empty;
            private int _next;

            public override int Remaining => _text.Length - _next;

            public override bool Fallback(byte[] bytesUnknown, int index)
            {
                owner.IsUsed = true;
                _text = s_windows1252.GetString(bytesUnknown);
                _next = 0;
                return _text.Length > 0;
            }

            public override char GetNextChar() => _next < _text.Length ? _text[_next++] : '\0';

            public override bool MovePrevious()
            {
                var moves = _next > 0;
                _next -= moves ? 1 : 0;
                return moves;
            }

            public override void Reset()
            {
                _text = string.Empty;
                _next = 0;
            }
        }
    }
}
