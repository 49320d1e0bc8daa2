namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>
/// A Bicep file, read as far as the project's own files go: a check where no Bicep compiler can be had. What it cannot read is an error, so braces and
/// strings that do not balance show.
/// </summary>
internal sealed class BicepFile : BicepExpressions
{
    private readonly List<BicepParam> _params = [];
    private readonly List<BicepVar> _vars = [];
    private readonly List<BicepResource> _resources = [];
    private readonly List<BicepModule> _modules = [];
    private readonly List<BicepOutput> _outputs = [];

    private BicepFile(string name, string source)
        : base(name, BicepTokens.Of(name, source))
    {
        (Name, Source) = (name, source);
        for (SkipLines(); Now.Kind != BicepKind.End; SkipLines())
        {
            Statement();
        }
    }

    public string Name { get; }

    public string Source { get; }

    public IReadOnlyList<BicepParam> Params => _params;

    public IReadOnlyList<BicepVar> Vars => _vars;

    public IReadOnlyList<BicepResource> Resources => _resources;

    public IReadOnlyList<BicepModule> Modules => _modules;

    public IReadOnlyList<BicepOutput> Outputs => _outputs;

    /// <summary>Resources with those that are declared inside others, which take their parent's type before their own.</summary>
    public IEnumerable<BicepResource> AllResources => _resources.SelectMany(resource => Nested(resource).Prepend(resource));

    /// <summary>Every expression of the file.</summary>
    public IEnumerable<BicepNode> Expressions =>
        _params.Where(param => param.Default is not null).Select(param => param.Default!)
            .Concat(_vars.Select(variable => variable.Value))
            .Concat(_resources.SelectMany(resource => resource.Parts))
            .Concat(_modules.SelectMany(module => module.Condition is null ? [module.Body] : new[] { module.Condition, module.Body }))
            .Concat(_outputs.Select(output => output.Value));

    public static BicepFile Read(string path) => new(Path.GetFileName(path), File.ReadAllText(path));

    public static BicepFile Parse(string name, string source) => new(name, source);

    public static BicepObject ObjectOf(BicepNode body) => body switch
    {
        BicepObject found => found,
        BicepLoop loop => ObjectOf(loop.Body),
        _ => throw new FormatException("A resource's body is an object or a loop over one."),
    };

    protected override BicepResource? NestedResource()
    {
        var before = At;
        if (!Skip("resource"))
        {
            return null;
        }

        if (Now.Kind == BicepKind.Word)
        {
            return Resource();
        }

        At = before;
        return null;
    }

    private static IEnumerable<BicepResource> Nested(BicepResource parent) => parent.Object.Nested.SelectMany(child =>
    {
        var whole = child with
        {
            Type = $"{parent.Type}/{child.Type}",
            Version = child.Version.Length > 0 ? child.Version : parent.Version,
        };
        return Nested(whole).Prepend(whole);
    });

    private void Statement()
    {
        var decorators = Decorators();
        switch (Word())
        {
            case "targetScope":
                Take("=");
                Text();
                break;
            case "param":
                _params.Add(new BicepParam(Word(), Type(), Skip("=") ? Expression() : null, decorators));
                break;
            case "var":
                _vars.Add(new BicepVar(Word(), Value()));
                break;
            case "output":
                _outputs.Add(new BicepOutput(Word(), Type(), Value(), decorators));
                break;
            case "resource":
                _resources.Add(Resource());
                break;
            case "module":
                Module();
                break;
            default:
                At--;
                throw Wrong("a declaration");
        }

        if (Now.Kind != BicepKind.NewLine)
        {
            throw Wrong("a new line");
        }
    }

    private List<BicepDecorator> Decorators()
    {
        var decorators = new List<BicepDecorator>();
        while (Skip("@"))
        {
            decorators.Add(Expression() is BicepCall call ? new BicepDecorator(call.Function, call.Arguments) : throw Wrong("a decorator"));
            SkipLines();
        }

        return decorators;
    }

    private string Type()
    {
        var type = Word();
        if (Skip("["))
        {
            Take("]");
            type += "[]";
        }

        return type;
    }

    private BicepNode Value()
    {
        Take("=");
        return Expression();
    }

    private BicepResource Resource()
    {
        var (name, type) = (Word(), Text().Split('@'));
        var isExisting = Skip("existing");
        Take("=");
        var condition = Skip("if") ? Parenthesised() : null;
        return new BicepResource(name, type[0], type.Length > 1 ? type[1] : string.Empty, isExisting, condition, Expression());
    }

    private void Module()
    {
        var (name, path) = (Word(), Text());
        Take("=");
        var condition = Skip("if") ? Parenthesised() : null;
        _modules.Add(new BicepModule(name, path, condition, Expression()));
    }
}
