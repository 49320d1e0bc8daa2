namespace Kayse.Core.Storage;

/// <summary>A secret's value and version. Its text form shows neither, so that it cannot be logged by accident.</summary>
/// <param name="Value">The secret itself.</param>
/// <param name="Version">Which version it is.</param>
public sealed record Secret(string Value, string Version)
{
    /// <summary>Never the value.</summary>
    public override string ToString() => "Secret { *** }";
}

/// <summary>One version of a secret, without its value.</summary>
/// <param name="Version">Its name.</param>
/// <param name="CreatedAt">When it was set.</param>
public sealed record SecretVersion(string Version, DateTimeOffset CreatedAt);
