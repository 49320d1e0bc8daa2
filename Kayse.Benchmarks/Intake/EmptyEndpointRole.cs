using System.Net;
using Kayse.Benchmarks.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Kayse.Benchmarks.Intake;

/// <summary>The web server alone: it reads the body and answers what intake answers, and does nothing between.</summary>
internal static class EmptyEndpointRole
{
    /// <summary>The role's name.</summary>
    public const string Name = "empty-endpoint";

    /// <summary>Runs until the input ends.</summary>
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        var answer = "{\"ids\":[\"evt_0000000000000000\"]}"u8.ToArray();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.Body.WriteAsync(answer);
        });
        await app.StartAsync();
        await RoleServer.ServeAsync($"{new Uri(app.Urls.Single()).Port}", () => 0, new Dictionary<string, Func<string, Task<string>>>(StringComparer.Ordinal));
    }
}
