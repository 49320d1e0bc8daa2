using System.Text.RegularExpressions;

namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>
/// azure.yaml says what its public JSON schema allows (schemas/v1.0/azure.yaml.json of the Azure Developer CLI, read in August 2026), and what it points to is there.
/// </summary>
public sealed partial class AzdTests
{
    private static readonly string[] s_shells = ["sh", "pwsh"];

    private static readonly Dictionary<string, string> s_values = Read(File.ReadAllLines(Path.Combine(Infra.Root, "azure.yaml")));

    public static TheoryData<string> Hooks => [.. s_values.Where(pair => pair.Key.EndsWith(".run", StringComparison.Ordinal)).Select(pair => pair.Value)];

    [GeneratedRegex(@"(^|[|(=]|\bif)\s*(?<words>azd?( [a-z]+[a-z-]*)+) (-|KAYSE)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Command { get; }

    // Nested mappings of plain scalars: all that the file needs. Anything else is an error.
    private static Dictionary<string, string> Read(IEnumerable<string> lines)
    {
        var (values, path) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<(int Indent, string Key)>());
        foreach (var line in lines.Where(line => line.Trim().Length > 0 && !line.TrimStart().StartsWith('#')))
        {
            var indent = line.Length - line.TrimStart().Length;
            var colon = line.IndexOf(": ", StringComparison.Ordinal) is var at and >= 0 ? at : line.Length - 1;
            Assert.True(line[colon] == ':' && !line.Contains('\t', StringComparison.Ordinal) && line.TrimStart()[0] is not '-' and not '?', line);
            path.RemoveAll(parent => parent.Indent >= indent);
            path.Add((indent, line[..colon].Trim()));
            if (line[(colon + 1)..].Trim() is { Length: > 0 } value)
            {
                values.Add(string.Join('.', path.Select(part => part.Key)), value);
            }
        }

        return values;
    }

    [Fact]
    public void It_has_these_keys_and_no_others() =>
        Assert.Equal(
            [
                "hooks.postprovision.posix.run", "hooks.postprovision.posix.shell", "hooks.postprovision.windows.run", "hooks.postprovision.windows.shell",
                "hooks.preprovision.posix.run", "hooks.preprovision.posix.shell", "hooks.preprovision.windows.run", "hooks.preprovision.windows.shell",
                "infra.module", "infra.path", "infra.provider", "name",
                "services.kayse.host", "services.kayse.language", "services.kayse.project",
            ],
            s_values.Keys.Order(StringComparer.Ordinal));

    // name: ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$; infra.provider: bicep by default; services.*.host: function needs a project and takes no image.
    [Theory]
    [InlineData("name", "kayse")]
    [InlineData("infra.provider", "bicep")]
    [InlineData("infra.path", "infra")]
    [InlineData("infra.module", "main")]
    [InlineData("services.kayse.host", "function")]
    [InlineData("services.kayse.language", "dotnet")]
    [InlineData("services.kayse.project", "./Kayse.Functions")]
    public void A_key_has_its_value(string key, string value) => Assert.Equal(value, s_values[key]);

    [Fact]
    public void What_it_deploys_is_there()
    {
        Assert.True(File.Exists(Path.Combine(Infra.Root, s_values["services.kayse.project"], "Kayse.Functions.csproj")));
        Assert.True(File.Exists(Path.Combine(Infra.Root, s_values["infra.path"], $"{s_values["infra.module"]}.bicep")));
        Assert.True(File.Exists(Path.Combine(Infra.Root, s_values["infra.path"], $"{s_values["infra.module"]}.parameters.json")));
    }

    [Fact]
    public void A_hooks_shell_is_one_that_azd_knows_and_fits_the_system() =>
        Assert.All(s_values.Where(pair => pair.Key.EndsWith(".shell", StringComparison.Ordinal)), pair =>
        {
            Assert.Contains(pair.Value, s_shells);
            Assert.Equal(pair.Key.Contains("windows", StringComparison.Ordinal) ? "pwsh" : "sh", pair.Value);
        });

    [Theory]
    [MemberData(nameof(Hooks))]
    public void A_hook_is_there_and_can_be_run(string path)
    {
        var file = Path.Combine(Infra.Root, path);
        Assert.True(File.Exists(file));
        Assert.StartsWith("./infra/hooks/", path, StringComparison.Ordinal);
        if (path.EndsWith(".sh", StringComparison.Ordinal))
        {
            Assert.StartsWith("#!/bin/sh\n", File.ReadAllText(file), StringComparison.Ordinal);
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute));
        }
    }

    [Theory]
    [InlineData("preprovision")]
    [InlineData("postprovision")]
    public void Both_forms_of_a_hook_ask_azure_for_the_same(string hook)
    {
        var (posix, windows) = (Commands($"{hook}.sh"), Commands($"{hook}.ps1"));
        Assert.True(posix.Count > 5);
        Assert.Equal(posix, windows);
    }

    // The commands by their words before the first option, each once; those that a message only speaks of follow a colon.
    private static List<string> Commands(string hook) =>
        [.. Command.Matches(File.ReadAllText(Path.Combine(Infra.Folder, "hooks", hook))).Select(match => match.Groups["words"].Value).Distinct().Order(StringComparer.Ordinal)];
}
