namespace Kayse.Core.Connectors.LawRuler;

/// <summary>A firm's connection to Law Ruler. Never a secret: those are in the secret store.</summary>
public sealed record LawRulerConnection
{
    /// <summary>True when credentials were checked and saved.</summary>
    public bool Connected { get; init; }

    /// <summary>The firm's subdomain.</summary>
    public string? ClientRoot { get; init; }

    /// <summary>When it was connected.</summary>
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>What connecting warned about.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What is switched on.</summary>
    public LawRulerToggles Toggles { get; init; } = new();

    /// <summary>The settings.</summary>
    public LawRulerSettings Settings { get; init; } = new();

    /// <summary>Connected and not paused.</summary>
    public bool IsActive => Connected && Toggles.EnableIntegration;

    /// <summary>True when data of cases of a type goes out; a case without a type goes with all.</summary>
    public bool SendsCaseType(string? caseType) => Settings.SendsCaseType(caseType);
}
