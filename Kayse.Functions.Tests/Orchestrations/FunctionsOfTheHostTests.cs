using System.Reflection;
using Kayse.Core.Workflows;
using Kayse.Functions.Orchestrations;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Kayse.Functions.Tests.Orchestrations;

/// <summary>The functions of the host as the worker finds them.</summary>
public sealed class FunctionsOfTheHostTests(WorkflowCatalogOfTheProduct product) : IClassFixture<WorkflowCatalogOfTheProduct>
{
    private static readonly (string Name, MethodInfo Method)[] s_functions =
    [
        .. typeof(ActivityFunction).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Select(method => (method.GetCustomAttribute<FunctionAttribute>()?.Name, Method: method))
            .Where(function => function.Name is not null).Select(function => (function.Name!, function.Method)),
    ];

    [Fact]
    public void There_is_one_orchestrator_for_each_workflow_of_the_catalog_under_its_name() =>
        Assert.Equal(product.Catalog.Workflows.Order(), s_functions.Where(function => IsOrchestrator(function.Method)).Select(function => function.Name).Order());

    [Fact]
    public void An_orchestrator_binds_nothing_but_its_context() =>
        Assert.All(s_functions.Where(function => IsOrchestrator(function.Method)), function =>
            Assert.Equal(typeof(TaskOrchestrationContext), Assert.Single(function.Method.GetParameters()).ParameterType));

    [Fact]
    public void Each_orchestrator_runs_the_workflow_of_its_name()
    {
        var ran = new List<string>();
        var catalog = new WorkflowCatalog(product.Catalog.Json);
        foreach (var name in product.Catalog.Workflows)
        {
            catalog.AddWorkflow<System.Text.Json.JsonElement, System.Text.Json.JsonElement>(name, (_, input) =>
            {
                ran.Add(name);
                return Task.FromResult(input);
            });
        }

        var orchestrators = new OrchestratorFunctions(catalog);
        foreach (var (name, method) in s_functions.Where(function => IsOrchestrator(function.Method)))
        {
            var context = new Moq.Mock<TaskOrchestrationContext>();
            Assert.True(((Task)method.Invoke(orchestrators, [context.Object])!).IsCompletedSuccessfully);
            Assert.Equal(name, ran[^1]);
        }
    }

    [Fact]
    public void Every_other_function_that_runs_the_products_code_binds_a_durable_client() =>
        Assert.All(s_functions.Where(function => !IsOrchestrator(function.Method) && !IsOfPoison(function)), function =>
            Assert.True(
                function.Method.GetParameters().Any(parameter => parameter.ParameterType == typeof(DurableTaskClient) && parameter.GetCustomAttribute<DurableClientAttribute>() is not null),
                $"{function.Name} has no [DurableClient] to hand to DurableConnection.Use: what it calls could start no workflow."));

    [Fact]
    public void Every_function_that_binds_a_durable_client_hands_it_over() =>
        Assert.All(s_functions.Where(function => !IsOrchestrator(function.Method) && !IsOfPoison(function)), function =>
            Assert.True(Calls(function.Method, typeof(DurableConnection).GetMethod(nameof(DurableConnection.Use))!), $"{function.Name} does not call DurableConnection.Use."));

    private static bool IsOrchestrator(MethodInfo method) => method.GetParameters().Any(parameter => parameter.GetCustomAttribute<OrchestrationTriggerAttribute>() is not null);

    // What the host gave up is only written down.
    private static bool IsOfPoison((string Name, MethodInfo Method) function) => function.Name.EndsWith("Poison", StringComparison.Ordinal);

    /// <summary>Whether a method's own code, or the state machine that was made of it, or a method of its class that it calls, has a call of another.</summary>
    private static bool Calls(MethodInfo method, MethodInfo other)
    {
        const byte call = 0x28, callvirt = 0x6F;
        var made = method.GetCustomAttribute<System.Runtime.CompilerServices.AsyncStateMachineAttribute>()?.StateMachineType;
        var code = (made?.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.NonPublic) ?? method).GetMethodBody()!.GetILAsByteArray()!;
        var called = Enumerable.Range(0, code.Length - 4).Where(place => code[place] is call or callvirt).Select(place => BitConverter.ToInt32(code, place + 1)).ToHashSet();
        return called.Contains(other.MetadataToken)
            || method.DeclaringType!.GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Any(own => own != method && called.Contains(own.MetadataToken) && Calls(own, other));
    }
}
