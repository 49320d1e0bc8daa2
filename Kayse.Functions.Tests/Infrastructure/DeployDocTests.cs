using System.Text.RegularExpressions;

namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>The operator's page names what the infrastructure has.</summary>
public sealed partial class DeployDocTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Infra.Root, "docs", "deploy.md"));

    [GeneratedRegex("KAYSE_[A-Z_]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable { get; }

    [Fact]
    public void Every_choice_that_the_parameter_file_takes_is_explained() =>
        Assert.All(
            Variable.Matches(File.ReadAllText(Path.Combine(Infra.Folder, "main.parameters.json"))).Select(match => match.Value),
            variable => Assert.Contains($"| `{variable}` |", s_page, StringComparison.Ordinal));

    [Fact]
    public void Every_variable_that_the_page_names_is_one_that_something_reads()
    {
        var read = Directory.EnumerateFiles(Infra.Folder, "*", SearchOption.AllDirectories).SelectMany(file => Variable.Matches(File.ReadAllText(file)))
            .Select(match => match.Value).Append("KAYSE_ADMIN_KEY").ToHashSet(StringComparer.Ordinal);
        Assert.Empty(Variable.Matches(s_page).Select(match => match.Value).Except(read));
    }

    [Theory]
    [InlineData("kayse-failed-workflows")]
    [InlineData("kayse-oldest-runnable-workflow")]
    [InlineData("kayse-failed-crm-connection")]
    [InlineData("kayse-poison-messages")]
    [InlineData("kayse-dead-letters")]
    public void Every_alert_is_explained(string alert)
    {
        Assert.Contains($"'{alert}'", Infra.Modules["alerts"].Source, StringComparison.Ordinal);
        Assert.Contains($"`{alert}`", s_page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postprovision.sh")]
    [InlineData("postprovision.ps1")]
    public void The_step_that_the_hook_sends_its_reader_to_is_the_one_that_opens_a_firm(string hook)
    {
        Assert.Contains("Next: open a firm, step 6 of docs/deploy.md.", File.ReadAllText(Path.Combine(Infra.Folder, "hooks", hook)), StringComparison.Ordinal);
        Assert.Contains("\n6. **Open a firm**", s_page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_operators_key_has_the_name_that_the_app_looks_for() =>
        Assert.All(
            new[] { "hooks/postprovision.sh", "hooks/postprovision.ps1", "../docs/deploy.md" },
            file => Assert.Contains(Web.Access.OperatorKey.SecretName, File.ReadAllText(Path.Combine(Infra.Folder, file)), StringComparison.Ordinal));
}
