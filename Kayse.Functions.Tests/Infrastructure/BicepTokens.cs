using System.Text;

namespace Kayse.Functions.Tests.Infrastructure;

internal enum BicepKind
{
    Word,
    Number,
    Text,
    Sign,
    NewLine,
    End,
}

/// <summary>A token; of a string, its text with <c>{}</c> for each hole and the holes' own text.</summary>
internal sealed record BicepToken(BicepKind Kind, string Text, int Line, IReadOnlyList<string> Holes)
{
    public bool Is(string sign) => (Kind == BicepKind.Sign || Kind == BicepKind.Word) && Text == sign;
}

/// <summary>Cuts Bicep text into tokens; comments and blanks go.</summary>
internal sealed class BicepTokens(string file, string source)
{
    private static readonly string[] s_signs =
        ["::", "==", "!=", "<=", ">=", "=~", "!~", "&&", "||", "??", ".?", "=>", "{", "}", "[", "]", "(", ")", ":", ",", ".", "=", "?", "!", "@", "+", "-", "*", "/", "%", "<", ">"];

    private readonly List<BicepToken> _tokens = [];
    private int _at;
    private int _line = 1;

    public static IReadOnlyList<BicepToken> Of(string file, string source) => new BicepTokens(file, source).Cut();

    private IReadOnlyList<BicepToken> Cut()
    {
        while (_at < source.Length)
        {
            Next();
        }

        Add(BicepKind.NewLine, "\n");
        Add(BicepKind.End, string.Empty);
        return _tokens;
    }

    private void Next()
    {
        var c = source[_at];
        if (c == '\n')
        {
            Add(BicepKind.NewLine, "\n");
            _line++;
            _at++;
        }
        else if (char.IsWhiteSpace(c))
        {
            _at++;
        }
        else if (At("//"))
        {
            _at = source.IndexOf('\n', _at) is var end and >= 0 ? end : source.Length;
        }
        else if (c == '\'')
        {
            AddText();
        }
        else if (char.IsLetter(c) || c == '_')
        {
            AddWhile(BicepKind.Word, letter => char.IsLetterOrDigit(letter) || letter == '_');
        }
        else if (char.IsDigit(c))
        {
            AddWhile(BicepKind.Number, char.IsDigit);
        }
        else
        {
            var sign = s_signs.FirstOrDefault(At) ?? throw new FormatException($"{file}({_line}): '{c}' is no Bicep.");
            Add(BicepKind.Sign, sign);
            _at += sign.Length;
        }
    }

    private bool At(string text) => string.CompareOrdinal(source, _at, text, 0, text.Length) == 0;

    private void Add(BicepKind kind, string text) => _tokens.Add(new BicepToken(kind, text, _line, []));

    private void AddWhile(BicepKind kind, Func<char, bool> belongs)
    {
        var from = _at;
        while (_at < source.Length && belongs(source[_at]))
        {
            _at++;
        }

        Add(kind, source[from.._at]);
    }

    private void AddText()
    {
        var (text, holes) = (new StringBuilder(), new List<string>());
        for (_at++; _at < source.Length && source[_at] is not '\'' and not '\n'; _at++)
        {
            if (At("${"))
            {
                var from = _at + 2;
                SkipHole();
                holes.Add(source[from.._at]);
                text.Append("{}");
            }
            else if (source[_at] == '\\')
            {
                text.Append(source[++_at]);
            }
            else
            {
                text.Append(source[_at]);
            }
        }

        if (_at >= source.Length || source[_at] != '\'')
        {
            throw new FormatException($"{file}({_line}): a string does not end.");
        }

        _at++;
        _tokens.Add(new BicepToken(BicepKind.Text, text.ToString(), _line, holes));
    }

    // Ends on the hole's closing brace.
    private void SkipHole()
    {
        var depth = 0;
        for (_at += 2; _at < source.Length; _at++)
        {
            if (source[_at] == '\'')
            {
                var before = _tokens.Count;
                AddText();
                _tokens.RemoveRange(before, _tokens.Count - before);
                _at--;
            }
            else if (source[_at] == '{')
            {
                depth++;
            }
            else if (source[_at] == '}' && depth-- == 0)
            {
                return;
            }
        }
    }
}
