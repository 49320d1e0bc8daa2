using Kayse.Core.Companies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kayse.Web.Access;

/// <summary>
/// The one place where it is decided who may reach what. Every route of a firm is in the group made here, so none can be without the check:
/// the caller's firm must be the route's firm, a viewer may only read, a platform key reaches nothing here.
/// </summary>
public static class CompanyAccess
{
    private const string CompanyItem = "kayse.company";

    /// <summary>The group of a firm's routes.</summary>
    public static RouteGroupBuilder MapCompanyGroup(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/companies/{company}");
        group.AddEndpointFilter(CheckCompanyAsync);
        return group;
    }

    /// <summary>Lets only an operator reach a route.</summary>
    public static TBuilder OperatorOnly<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter<TBuilder, OperatorFilter>();

    /// <summary>The firm that a request is about, once it has been checked.</summary>
    public static Company RouteCompany(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (Company)context.Items[CompanyItem]!;
    }

    /// <summary>The caller, or the answer to one who is not known.</summary>
    public static async Task<(Caller? Caller, IResult? Instead)> RequireCallerAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var caller = await context.RequestServices.GetRequiredService<Callers>().IdentifyAsync(context);
        return caller is null ? (null, Problems.Unauthorized()) : (caller, null);
    }

    private static async ValueTask<object?> CheckCompanyAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var (caller, instead) = await RequireCallerAsync(context);
        if (caller is null)
        {
            return instead;
        }

        var isCompany = CompanyId.TryParse((string?)context.Request.RouteValues["company"], null, out var id);
        if (caller.Role != CallerRole.Operator && (!isCompany || caller.Company != id || caller.Role == CallerRole.Platform))
        {
            return Problems.Forbidden("This key is not for this firm's data.");
        }

        if (caller.Role == CallerRole.Viewer && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            return Problems.Forbidden("A viewer's key may only read.");
        }

        if (!isCompany || await context.RequestServices.GetRequiredService<CompanyRegister>().FindAsync(id, context.RequestAborted) is not { } company)
        {
            return Problems.NotFound("There is no such firm.");
        }

        context.Items[CompanyItem] = company;
        return await next(invocation);
    }

    private sealed class OperatorFilter : IEndpointFilter
    {
        public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        {
            var (caller, instead) = await RequireCallerAsync(context.HttpContext);
            return caller is null ? instead
                : caller.Role != CallerRole.Operator ? Problems.Forbidden("Only the operator's key may do this.")
                : await next(context);
        }
    }
}
