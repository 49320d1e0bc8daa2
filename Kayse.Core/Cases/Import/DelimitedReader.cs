using System.Text;

namespace Kayse.Core.Cases.Import;

/// <summary>
/// Reads CSV and its relatives (RFC 4180): quoted cells may hold delimiters, newlines and doubled quotes; rows end with CR, LF or both. A quote within a
/// cell that does not begin with one is a character like any other. A cell's text is never anything but text.
/// </summary>
public sealed class DelimitedReader : SheetReader
{
    private static readonly char[] s_delimiters = ['\t', ',', ';', '|'];

    private readonly TextReader _text;
    private readonly char[] _buffer;
    private readonly StringBuilder _cell = new();
    private List<string> _cells = [];
    private char? _delimiter;
    private int _at;
    private int _end;
    private int _number;
    private int _characters;
    private State _state;
    private bool _afterReturn;

    /// <summary>Reads from a text, which is closed with this.</summary>
    /// <param name="text">The text.</param>
    /// <param name="delimiter">What stands between cells; null for whichever of tab, comma, semicolon and bar the first line has most of.</param>
    /// <param name="bufferSize">Characters read at a time.</param>
    public DelimitedReader(TextReader text, char? delimiter = null, int bufferSize = 32 * 1024)
    {
        _text = text;
        _delimiter = delimiter;
        _buffer = new char[bufferSize];
    }

    private enum State
    {
        Start,
        Plain,
        Quoted,
        QuoteInQuoted,
    }

    /// <inheritdoc/>
    protected override async ValueTask<SheetRow?> ReadAsync(CancellationToken cancellationToken)
    {
        while (Problem is null)
        {
            if (_at == _end && !await FillAsync(cancellationToken))
            {
                return Last();
            }

            if (Problem is null && Take())
            {
                return Row();
            }
        }

        return null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        if (isDisposing)
        {
            _text.Dispose();
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _at = 0;
        if (_delimiter is not null)
        {
            _end = await _text.ReadAsync(_buffer, cancellationToken);
            return _end > 0;
        }

        _end = await _text.ReadBlockAsync(_buffer, cancellationToken);
        if (_buffer.AsSpan(0, _end).Contains('\0'))
        {
            Problem = "The file is no text and no .xlsx workbook. Save it as CSV or .xlsx.";
        }

        _delimiter = Delimiter();
        return _end > 0;
    }

    private char Delimiter()
    {
        var start = _buffer.AsSpan(0, _end);
        // Excel's own way to say it, which is no row.
        if (start.Length > 5 && start.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && start[5] is '\r' or '\n')
        {
            _at = start.Length > 6 && start[5] == '\r' && start[6] == '\n' ? 7 : 6;
            return start[4];
        }

        Span<int> counts = stackalloc int[s_delimiters.Length];
        var isQuoted = false;
        foreach (var c in start)
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && c is '\r' or '\n')
            {
                break;
            }
            else if (!isQuoted && Array.IndexOf(s_delimiters, c) is >= 0 and var found)
            {
                counts[found]++;
            }
        }

        var most = 0;
        for (var i = 1; i < counts.Length; i++)
        {
            most = counts[i] > counts[most] ? i : most;
        }

        return counts[most] > 0 ? s_delimiters[most] : ',';
    }

    /// <summary>Takes what is in the buffer up to the end of the row; false when the row is not over or cannot be read.</summary>
    private bool Take()
    {
        while (_at < _end && Problem is null)
        {
            var c = _buffer[_at++];
            var isSecondOfTwo = _afterReturn && c == '\n';
            _afterReturn = false;
            if (isSecondOfTwo)
            {
                continue;
            }

            if (TakeCharacter(c))
            {
                return true;
            }

            Bound();
        }

        return false;
    }

    private bool TakeCharacter(char c)
    {
        _characters++;
        switch (_state)
        {
            case State.Quoted when c == '"':
                _state = State.QuoteInQuoted;
                return false;
            case State.QuoteInQuoted when c == '"':
                _state = State.Quoted;
                break;
            case State.Quoted:
                break;
            case State.Start when c == '"':
                _state = State.Quoted;
                return false;
            default:
                if (c == _delimiter)
                {
                    EndCell();
                    return false;
                }

                if (c is '\r' or '\n')
                {
                    _afterReturn = c == '\r';
                    return true;
                }

                _state = State.Plain;
                break;
        }

        _cell.Append(c);
        return false;
    }

    private void Bound()
    {
        Problem = _cell.Length > ImportLimits.MaxCellCharacters
                ? _state == State.Quoted
                    ? $"Row {_number + 1} has a quote that is not closed."
                    : $"Row {_number + 1} has a cell of more than {ImportLimits.MaxCellCharacters} characters."
            : _characters > ImportLimits.MaxRowCharacters ? $"Row {_number + 1} has more than {ImportLimits.MaxRowCharacters} characters."
            : _cells.Count > ImportLimits.MaxColumns ? $"Row {_number + 1} has more than {ImportLimits.MaxColumns} columns."
            : Problem;
    }

    private void EndCell()
    {
        _cells.Add(_cell.ToString());
        _cell.Clear();
        _state = State.Start;
    }

    private SheetRow Row()
    {
        EndCell();
        var row = new SheetRow(++_number, _cells);
        _cells = new List<string>(_cells.Count);
        _characters = 0;
        return row;
    }

    private SheetRow? Last()
    {
        if (_state == State.Quoted)
        {
            Problem = $"Row {_number + 1} has a quote that is not closed.";
            return null;
        }

        return _state == State.Start && _cells.Count == 0 ? null : Row();
    }
}
