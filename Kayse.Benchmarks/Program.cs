using Kayse.Benchmarks;
using Kayse.Benchmarks.Intake;

switch (args)
{
    case ["role", IntakeHostRole.Name, var folder]:
        await IntakeHostRole.RunAsync(folder);
        return 0;
    case ["role", EmptyEndpointRole.Name]:
        await EmptyEndpointRole.RunAsync();
        return 0;
}

if (args is not [var benchmark and ("intake" or "chain" or "start" or "all"), .. var rest] || BenchmarkOptions.Parse(rest) is not { } options)
{
    await Console.Error.WriteLineAsync(BenchmarkOptions.Help);
    return 1;
}

var parent = options.Folder ?? Directory.CreateTempSubdirectory("kayse-benchmarks-").FullName;
try
{
    if (benchmark is "intake" or "all")
    {
        await IntakeBenchmark.RunEmptyAsync(options);
        await IntakeBenchmark.RunAsync(options, Path.Combine(parent, "empty"), "empty folder");
    }

    return 0;
}
finally
{
    if (options.Folder is null)
    {
        Directory.Delete(parent, recursive: true);
    }
}
