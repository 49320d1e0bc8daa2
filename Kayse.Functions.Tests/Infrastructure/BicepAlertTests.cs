using System.Text.RegularExpressions;

namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>Each alert asks for what the code emits under that very name.</summary>
public sealed partial class BicepAlertTests
{
    private static BicepFile Alerts => Infra.Modules["alerts"];

    private static IEnumerable<BicepObject> Rules => ((BicepArray)Alerts.Vars.Single(variable => variable.Name == "logRules").Value).Items.Cast<BicepObject>();

    private static string Query(string rule) => Rules.Single(found => found.At("name")?.Constant == rule).At("query")!.Constant!;

    [GeneratedRegex("(Name|EventName\\)) == \"(?<name>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Asked { get; }

    [Theory]
    [InlineData("kayse-failed-workflows", "AppMetrics", "kayse.workflows.failed")]
    [InlineData("kayse-oldest-runnable-workflow", "AppMetrics", "kayse.workflows.oldest_runnable_age")]
    [InlineData("kayse-failed-crm-connection", "AppTraces", "ConnectionRefused")]
    [InlineData("kayse-poison-messages", "AppTraces", "GivenUp")]
    public void A_log_alert_asks_one_table_for_one_name(string rule, string table, string name)
    {
        Assert.StartsWith($"{table} | where ", Query(rule), StringComparison.Ordinal);
        Assert.Equal(name, Asked.Match(Query(rule)).Groups["name"].Value);
    }

    [Theory]
    [InlineData("kayse-failed-workflows")]
    [InlineData("kayse-oldest-runnable-workflow")]
    public void A_metric_that_an_alert_asks_for_is_made_by_the_code(string rule) => Assert.Contains(Sources(), source => source.Contains($"\"{Asked.Match(Query(rule)).Groups["name"].Value}\"", StringComparison.Ordinal));

    // A logger method's name is its event's name, which reaches Application Insights as the property EventName.
    [Theory]
    [InlineData("kayse-poison-messages")]
    [InlineData("kayse-failed-crm-connection")]
    public void A_log_event_that_an_alert_asks_for_is_made_by_the_code(string rule) =>
        Assert.Contains(Sources(), source => source.Contains($"partial void {Asked.Match(Query(rule)).Groups["name"].Value}(", StringComparison.Ordinal));

    [Fact]
    public void Every_rule_measures_a_column_that_its_query_makes() =>
        Assert.All(Rules, rule => Assert.Contains($"summarize {rule.At("column")!.Constant} = ", rule.At("query")!.Constant, StringComparison.Ordinal));

    [Fact]
    public void A_rule_by_firm_has_the_firm_in_its_query()
    {
        var dimensions = Rules.Where(rule => rule.At("dimension")!.Constant!.Length > 0).ToList();
        Assert.Single(dimensions);
        Assert.All(dimensions, rule => Assert.Contains($" by {rule.At("dimension")!.Constant},", rule.At("query")!.Constant, StringComparison.Ordinal));
    }

    [Fact]
    public void Dead_letters_of_service_bus_are_a_metric_of_each_queue()
    {
        var rule = Alerts.Resources.Single(resource => resource.Type == "Microsoft.Insights/metricAlerts").Object;
        var criterion = (BicepObject)((BicepArray)rule.At("properties.criteria.allOf")!).Items.Single();
        Assert.Equal("DeadletteredMessages", criterion.At("metricName")?.Constant);
        Assert.Equal("Maximum", criterion.At("timeAggregation")?.Constant);
        Assert.Equal("0", criterion.At("threshold")?.Constant);
        Assert.Equal("EntityName", ((BicepObject)((BicepArray)criterion.At("dimensions")!).Items.Single()).At("name")?.Constant);
    }

    private static IEnumerable<string> Sources() =>
        new[] { "Kayse.Core", "Kayse.Web", "Kayse.Functions", "Kayse.Standalone" }
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Infra.Root, project), "*.cs", SearchOption.AllDirectories))
            .Select(File.ReadAllText);
}
