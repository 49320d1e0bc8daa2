using Kayse.Functions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddKayseFunctions(builder.Configuration, builder.Environment);
builder.Services.AddTelemetry(builder.Configuration);
var host = builder.Build();
Composition.Complete(host.Services, builder.Configuration);
await host.RunAsync();
