using System.Text.RegularExpressions;

namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>The app's identity has the built-in roles that it needs, where it needs them, and nobody has any other.</summary>
public sealed partial class BicepRoleTests
{
    // Azure's built-in roles by their ids (public list of Azure built-in roles).
    private static readonly Dictionary<string, string> s_builtIn = new(StringComparer.Ordinal)
    {
        ["Storage Blob Data Owner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["Storage Queue Data Contributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ["Storage Table Data Contributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["Key Vault Secrets Officer"] = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        ["Azure Service Bus Data Receiver"] = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
        ["Azure Service Bus Data Sender"] = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        ["Monitoring Metrics Publisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["Durable Task Data Contributor"] = "0ad04412-c4d5-4796-b79c-f76d14c8d402",
    };

    private static BicepFile Roles => Infra.Modules["roles"];

    private static BicepObject Ids => (BicepObject)Roles.Vars.Single(variable => variable.Name == "roleIds").Value;

    private static IEnumerable<BicepResource> Assignments => Roles.Resources.Where(resource => resource.Type == "Microsoft.Authorization/roleAssignments");

    [GeneratedRegex(@"'(?<id>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})' // (?<name>.+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedId { get; }

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id { get; }

    [Fact]
    public void Each_id_is_that_of_the_role_that_its_comment_names() =>
        Assert.Equal(
            s_builtIn.OrderBy(pair => pair.Key),
            NamedId.Matches(Roles.Source).Select(match => KeyValuePair.Create(match.Groups["name"].Value.Trim(), match.Groups["id"].Value)).OrderBy(pair => pair.Key));

    [Fact]
    public void Roles_are_assigned_in_one_file_alone_and_no_other_id_stands_anywhere()
    {
        Assert.All(Infra.Made.Where(made => made.Resource.Type == "Microsoft.Authorization/roleAssignments"), made => Assert.Equal("roles.bicep", made.File.Name));
        Assert.Equal(s_builtIn.Count, Infra.Files.Sum(file => Id.Count(file.Source)));
    }

    [Theory]
    [InlineData("blobRole", "storageBlobDataOwner", "account")]
    [InlineData("storageQueueRole", "storageQueueDataContributor", "account")]
    [InlineData("tableRole", "storageTableDataContributor", "account")]
    [InlineData("vaultRole", "keyVaultSecretsOfficer", "vault")]
    [InlineData("telemetryRole", "monitoringMetricsPublisher", "insights")]
    [InlineData("receiverRole", "serviceBusDataReceiver", "queue")]
    [InlineData("senderRole", "serviceBusDataSender", "queue")]
    [InlineData("taskHubRole", "durableTaskDataContributor", "taskHub")]
    public void A_role_is_given_on_the_smallest_thing_that_needs_it(string assignment, string role, string scope)
    {
        var body = Assignments.Single(resource => resource.Name == assignment).Object;
        var definition = Assert.IsType<BicepCall>(body.At("properties.roleDefinitionId"));
        Assert.Equal("subscriptionResourceId", definition.Function);
        Assert.Equal(["Microsoft.Authorization/roleDefinitions"], definition.Arguments.Take(1).Select(argument => argument.Constant));
        Assert.Equal(role, Assert.IsType<BicepMember>(definition.Arguments[1]).Name);
        Assert.Equal(scope, Last(body.At("scope")));
    }

    [Fact]
    public void Every_assignment_is_to_the_app_and_named_by_what_it_says()
    {
        Assert.Equal(s_builtIn.Count, Assignments.Count());
        Assert.All(Assignments, assignment =>
        {
            var body = assignment.Object;
            Assert.Equal("principalId", Last(body.At("properties.principalId")));
            Assert.Equal("ServicePrincipal", body.At("properties.principalType")?.Constant);
            var name = Assert.IsType<BicepCall>(body.At("name"));
            Assert.Equal("guid", name.Function);
            Assert.Contains(name.Arguments, argument => Last(argument) == "principalId");
            Assert.Equal(Last(((BicepCall)body.At("properties.roleDefinitionId")!).Arguments[1]), Last(name.Arguments[^1]));
        });
        Assert.Equal(Ids.Keys.Order(), Assignments.Select(assignment => Last(((BicepCall)assignment.Object.At("properties.roleDefinitionId")!).Arguments[1])).Order());
    }

    private static string? Last(BicepNode? node) => node switch
    {
        BicepName name => name.Name,
        BicepMember member => member.Name,
        BicepIndex index => Last(index.Of),
        _ => null,
    };
}
