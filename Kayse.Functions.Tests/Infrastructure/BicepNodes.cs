namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>A piece of an expression.</summary>
internal abstract record BicepNode
{
    public virtual IEnumerable<BicepNode> Children => [];

    public IEnumerable<BicepNode> All() => Children.SelectMany(child => child.All()).Prepend(this);

    /// <summary>The text of a string without holes, or the word of a literal; null for anything else.</summary>
    public virtual string? Constant => null;
}

internal sealed record BicepLiteral(string Word) : BicepNode
{
    public override string? Constant => Word;
}

/// <summary>A string: its text with <c>{}</c> for each hole, and what is in the holes.</summary>
internal sealed record BicepText(string Text, IReadOnlyList<BicepNode> Holes) : BicepNode
{
    public override IEnumerable<BicepNode> Children => Holes;

    public override string? Constant => Holes.Count == 0 ? Text : null;
}

internal sealed record BicepName(string Name) : BicepNode;

internal sealed record BicepMember(BicepNode Of, string Name) : BicepNode
{
    public override IEnumerable<BicepNode> Children => [Of];
}

internal sealed record BicepIndex(BicepNode Of, BicepNode Index) : BicepNode
{
    public override IEnumerable<BicepNode> Children => [Of, Index];
}

internal sealed record BicepCall(BicepNode? Of, string Function, IReadOnlyList<BicepNode> Arguments) : BicepNode
{
    public override IEnumerable<BicepNode> Children => Of is null ? Arguments : Arguments.Prepend(Of);
}

internal sealed record BicepOperation(string Operator, IReadOnlyList<BicepNode> Operands) : BicepNode
{
    public override IEnumerable<BicepNode> Children => Operands;
}

internal sealed record BicepArray(IReadOnlyList<BicepNode> Items) : BicepNode
{
    public override IEnumerable<BicepNode> Children => Items;
}

internal sealed record BicepLoop(IReadOnlyList<string> Variables, BicepNode Over, BicepNode? Condition, BicepNode Body) : BicepNode
{
    public override IEnumerable<BicepNode> Children => Condition is null ? [Over, Body] : [Over, Condition, Body];
}

internal sealed record BicepObject(IReadOnlyList<BicepProperty> Properties, IReadOnlyList<BicepResource> Nested) : BicepNode
{
    public override IEnumerable<BicepNode> Children =>
        Properties.SelectMany(property => new[] { property.Key, property.Value }).Concat(Nested.SelectMany(resource => resource.Parts));

    public IEnumerable<string> Keys => Properties.Select(property => property.Key.Constant ?? "{}");

    /// <summary>What stands at a path such as <c>properties.sku.name</c>; null when nothing does.</summary>
    public BicepNode? At(string path)
    {
        BicepNode? node = this;
        foreach (var key in path.Split('.'))
        {
            node = (node as BicepObject)?.Properties.FirstOrDefault(property => property.Key.Constant == key)?.Value;
        }

        return node;
    }
}

internal sealed record BicepProperty(BicepNode Key, BicepNode Value);

internal sealed record BicepDecorator(string Name, IReadOnlyList<BicepNode> Arguments);

internal sealed record BicepParam(string Name, string Type, BicepNode? Default, IReadOnlyList<BicepDecorator> Decorators);

internal sealed record BicepVar(string Name, BicepNode Value);

internal sealed record BicepOutput(string Name, string Type, BicepNode Value, IReadOnlyList<BicepDecorator> Decorators);

internal sealed record BicepModule(string Name, string Path, BicepNode? Condition, BicepNode Body)
{
    public BicepObject Object => BicepFile.ObjectOf(Body);

    public BicepObject Params => Object.At("params") as BicepObject ?? new BicepObject([], []);
}

internal sealed record BicepResource(string Name, string Type, string Version, bool IsExisting, BicepNode? Condition, BicepNode Body)
{
    public BicepObject Object => BicepFile.ObjectOf(Body);

    public IEnumerable<BicepNode> Parts => Condition is null ? [Body] : [Condition, Body];
}
