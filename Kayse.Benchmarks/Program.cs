using Kayse.Benchmarks;
using Kayse.Benchmarks.Chain;
using Kayse.Benchmarks.Intake;
using Kayse.Benchmarks.Webhooks;

switch (args)
{
    case ["role", IntakeHostRole.Name, var folder]:
        await IntakeHostRole.RunAsync(folder);
        return 0;
    case ["role", EmptyEndpointRole.Name]:
        await EmptyEndpointRole.RunAsync();
        return 0;
    case ["role", ChainHostRole.Name, var folder]:
        await ChainHostRole.RunAsync(folder);
        return 0;
    case ["role", WebhookHostRole.Name, var folder, var plan]:
        await WebhookHostRole.RunAsync(folder, plan);
        return 0;
    case ["role", BareClientRole.Name, var request]:
        await BareClientRole.RunAsync(request);
        return 0;
}

if (args is not [var name and ("intake" or "chain" or "start" or "webhooks" or "neighbours" or "all"), .. var rest] || BenchmarkOptions.Parse(rest) is not { } options)
{
    await Console.Error.WriteLineAsync(BenchmarkOptions.Help);
    return 1;
}

var parent = Directory.CreateDirectory(options.Folder ?? Directory.CreateTempSubdirectory("kayse-benchmarks-").FullName);
try
{
    await new BenchmarkRun(options, parent.FullName).RunAsync(name);
    return 0;
}
finally
{
    if (options.Folder is null)
    {
        parent.Delete(recursive: true);
    }
}
