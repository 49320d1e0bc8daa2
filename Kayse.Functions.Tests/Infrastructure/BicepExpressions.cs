namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>Reads Bicep's expressions; what it does not know is an error with its file and line.</summary>
internal class BicepExpressions(string file, IReadOnlyList<BicepToken> tokens)
{
    private static readonly string[][] s_binary =
        [["??"], ["||"], ["&&"], ["==", "!=", "=~", "!~"], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]];

    protected int At { get; set; }

    protected BicepToken Now => tokens[At];

    public BicepNode Whole()
    {
        var node = Expression();
        SkipLines();
        return Now.Kind == BicepKind.End ? node : throw Wrong("the end");
    }

    protected BicepNode Expression()
    {
        var node = Binary(0);
        if (!SkipLinesTo("?"))
        {
            return node;
        }

        Take("?");
        SkipLines();
        var then = Expression();
        SkipLines();
        Take(":");
        SkipLines();
        return new BicepOperation("?:", [node, then, Expression()]);
    }

    protected FormatException Wrong(string expected) => new($"{file}({Now.Line}): expected {expected}, found '{Now.Text.Trim()}'.");

    protected bool Skip(string sign)
    {
        if (!Now.Is(sign))
        {
            return false;
        }

        At++;
        return true;
    }

    protected void Take(string sign)
    {
        if (!Skip(sign))
        {
            throw Wrong($"'{sign}'");
        }
    }

    protected string Word() => Now.Kind == BicepKind.Word ? tokens[At++].Text : throw Wrong("a name");

    protected string Text() => Now is { Kind: BicepKind.Text, Holes.Count: 0 } ? tokens[At++].Text : throw Wrong("a plain string");

    protected void SkipLines()
    {
        while (Now.Kind == BicepKind.NewLine)
        {
            At++;
        }
    }

    protected virtual BicepResource? NestedResource() => null;

    protected BicepNode Parenthesised()
    {
        Take("(");
        SkipLines();
        var node = Expression();
        SkipLines();
        Take(")");
        return node;
    }

    private bool SkipLinesTo(string sign)
    {
        var next = At;
        while (tokens[next].Kind == BicepKind.NewLine)
        {
            next++;
        }

        if (!tokens[next].Is(sign))
        {
            return false;
        }

        At = next;
        return true;
    }

    private BicepNode Binary(int level)
    {
        if (level == s_binary.Length)
        {
            return Unary();
        }

        var node = Binary(level + 1);
        while (Now.Kind == BicepKind.Sign && s_binary[level].Contains(Now.Text))
        {
            var sign = tokens[At++].Text;
            SkipLines();
            node = new BicepOperation(sign, [node, Binary(level + 1)]);
        }

        return node;
    }

    private BicepNode Unary()
    {
        if (Now.Is("!") || Now.Is("-"))
        {
            return new BicepOperation(tokens[At++].Text, [Unary()]);
        }

        var node = Primary();
        while (true)
        {
            if (Skip(".") || Skip("::") || Skip(".?"))
            {
                var name = Word();
                node = Now.Is("(") ? new BicepCall(node, name, Arguments()) : new BicepMember(node, name);
            }
            else if (Skip("["))
            {
                node = new BicepIndex(node, Expression());
                Take("]");
            }
            else if (!Skip("!"))
            {
                return node;
            }
        }
    }

    private List<BicepNode> Arguments()
    {
        var arguments = new List<BicepNode>();
        Take("(");
        SkipLines();
        while (!Skip(")"))
        {
            arguments.Add(Expression());
            SkipLines();
            Skip(",");
            SkipLines();
        }

        return arguments;
    }

    private BicepNode Primary() => Now switch
    {
        { Kind: BicepKind.Text } => TextNode(),
        { Kind: BicepKind.Number } => new BicepLiteral(tokens[At++].Text),
        { Kind: BicepKind.Word, Text: "true" or "false" or "null" } => new BicepLiteral(tokens[At++].Text),
        { Kind: BicepKind.Word } => NameOrCall(),
        _ when Now.Is("(") => Parenthesised(),
        _ when Now.Is("{") => Object(),
        _ when Now.Is("[") => Array(),
        _ => throw Wrong("a value"),
    };

    private BicepNode NameOrCall()
    {
        var name = Word();
        return Now.Is("(") ? new BicepCall(null, name, Arguments()) : new BicepName(name);
    }

    private BicepText TextNode()
    {
        var token = tokens[At++];
        return new BicepText(token.Text, [.. token.Holes.Select(hole => new BicepExpressions(file, BicepTokens.Of(file, hole)).Whole())]);
    }

    private BicepObject Object()
    {
        var (properties, nested) = (new List<BicepProperty>(), new List<BicepResource>());
        Take("{");
        SkipLines();
        while (!Skip("}"))
        {
            if (NestedResource() is { } resource)
            {
                nested.Add(resource);
            }
            else
            {
                BicepNode key = Now.Kind == BicepKind.Text ? TextNode() : new BicepLiteral(Word());
                Take(":");
                properties.Add(new BicepProperty(key, Expression()));
            }

            if (!Skip(",") && Now.Kind != BicepKind.NewLine && !Now.Is("}"))
            {
                throw Wrong("a new line");
            }

            SkipLines();
        }

        return new BicepObject(properties, nested);
    }

    private BicepNode Array()
    {
        Take("[");
        SkipLines();
        if (Now.Is("for"))
        {
            return Loop();
        }

        var items = new List<BicepNode>();
        while (!Skip("]"))
        {
            items.Add(Expression());
            if (!Skip(",") && Now.Kind != BicepKind.NewLine && !Now.Is("]"))
            {
                throw Wrong("a new line");
            }

            SkipLines();
        }

        return new BicepArray(items);
    }

    private BicepLoop Loop()
    {
        Take("for");
        var variables = new List<string>();
        if (Skip("("))
        {
            variables.Add(Word());
            Take(",");
            variables.Add(Word());
            Take(")");
        }
        else
        {
            variables.Add(Word());
        }

        Take("in");
        var over = Expression();
        Take(":");
        var condition = Skip("if") ? Parenthesised() : null;
        var body = Expression();
        SkipLines();
        Take("]");
        return new BicepLoop(variables, over, condition, body);
    }
}
