using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Connectors.Lawmatics;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kayse.Web.Integrations;

/// <summary>The forms that a firm has made in Lawmatics.</summary>
public static class LawmaticsFormEndpoints
{
    private const string Base = "/integrations/lawmatics/forms";
    private const int MaxValues = 500;

    /// <summary>Maps the routes.</summary>
    public static void MapLawmaticsForms(this RouteGroupBuilder company)
    {
        ArgumentNullException.ThrowIfNull(company);
        company.MapGet(Base, ListAsync).WithSummary("Lawmatics' forms with their fields; cannotSubmit says why one cannot be submitted from here.").Produces<LawmaticsFormsView>();
        company.MapGet($"{Base}/{{id}}", GetAsync).WithSummary("A form with its fields.").Produces<LawmaticsForm>();
        company.MapPost($"{Base}/{{id}}/submit", SubmitAsync)
            .WithSummary("Submits a form: {\"values\": {…}} with the fields' ids as names. It sets Lawmatics' automations off, and twice makes two entries.")
            .Produces<LawmaticsSubmitted>(201).ProducesProblem(422);
    }

    private static async Task<IResult> ListAsync(HttpContext context, LawmaticsForms forms)
    {
        var (page, problem) = Paging.Read(context.Request);
        if (page is null)
        {
            return problem!;
        }

        var (all, reason) = await forms.ListAsync(context.RouteCompany().Id, context.RequestAborted);
        var (items, next) = page.Of(all);
        return Results.Ok(new LawmaticsFormsView(items, next, reason));
    }

    private static async Task<IResult> GetAsync(HttpContext context, string id, LawmaticsForms forms)
    {
        var (form, reply) = await forms.FindAsync(context.RouteCompany().Id, id, context.RequestAborted);
        return form is not null ? Results.Ok(form) : Missing(context, reply);
    }

    private static async Task<IResult> SubmitAsync(HttpContext context, string id, LawmaticsForms forms)
    {
        var company = context.RouteCompany().Id;
        if (await forms.WhyNotNowAsync(company, context.RequestAborted) is { } not)
        {
            return Problems.Conflict("connection", not);
        }

        var (form, found) = await forms.FindAsync(company, id, context.RequestAborted);
        if (form is null)
        {
            return Missing(context, found);
        }

        if (form.CannotSubmit is { } reason)
        {
            return Problems.WithErrors(StatusCodes.Status422UnprocessableEntity, "This form cannot be submitted from here.", [new FieldError("id", reason)]);
        }

        var (values, problem) = await ReadAsync(context);
        if (values is null)
        {
            return problem!;
        }

        var errors = form.Check(values);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var reply = await forms.SubmitAsync(company, form, values, context.RequestAborted);
        return reply is { IsSuccess: true } ? Results.Json(new LawmaticsSubmitted(reply.Answer!.Record?.Id, reply.Answer.Record?.Type), statusCode: StatusCodes.Status201Created)
            : Failed(context, reply);
    }

    private static async Task<(IReadOnlyDictionary<string, JsonElement>? Values, IResult? Problem)> ReadAsync(HttpContext context)
    {
        if (await RequestBody.ReadAsync(context.Request, RequestBody.MaxManagementBytes, context.RequestAborted) is not { } bytes)
        {
            return (null, Problems.TooLarge(RequestBody.MaxManagementBytes));
        }

        JsonElement json;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            json = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return (null, NotAnObject());
        }

        if (!JsonText.IsUnicode(bytes))
        {
            return (null, Problems.Invalid(new FieldError("values", "A text in it is not valid Unicode.")));
        }

        // The fields themselves are as good as a «values» around them.
        var given = JsonText.Property(json, "values") is { ValueKind: JsonValueKind.Object } inner ? inner : json;
        if (given.ValueKind != JsonValueKind.Object || given.EnumerateObject().Count() > MaxValues)
        {
            return (null, NotAnObject());
        }

        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in given.EnumerateObject())
        {
            values[field.Name] = field.Value;
        }

        return (values, null);
    }

    private static IResult NotAnObject() => Problems.Invalid(new FieldError("values", $"Expected an object of at most {MaxValues} values, with the fields' ids as names."));

    private static IResult Missing(HttpContext context, LawmaticsReply? reply) => reply switch
    {
        null => Problems.NotFound("Lawmatics is not connected."),
        { Answer.Kind: LawmaticsKind.NotFound or LawmaticsKind.Success } => Problems.NotFound("Lawmatics has no such form."),
        _ => Failed(context, reply),
    };

    /// <summary>What Lawmatics did not take, or did not answer; an admin asked, so its own words are said too.</summary>
    private static IResult Failed(HttpContext context, LawmaticsReply? reply)
    {
        if (reply is null)
        {
            return Problems.NotFound("Lawmatics is not connected.");
        }

        if (reply.Answer is not { } answer)
        {
            context.Response.Headers.RetryAfter = "10";
            return Results.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "Lawmatics was not asked.", detail: LawmaticsReasons.Of(reply));
        }

        var detail = LawmaticsForms.Told(reply);
        return answer.Kind switch
        {
            LawmaticsKind.Refused => Problems.WithErrors(StatusCodes.Status422UnprocessableEntity, "Lawmatics refused the form.", [new FieldError("values", detail)]),
            LawmaticsKind.ReconnectNeeded or LawmaticsKind.TokenRefused or LawmaticsKind.NotConnected or LawmaticsKind.Forbidden => Problems.Conflict("connection", detail),
            _ when answer.MayStillTakeEffect && HttpMethods.IsPost(context.Request.Method) => Results.Problem(
                statusCode: StatusCodes.Status502BadGateway, title: "It is not known whether Lawmatics took the form.", detail: $"{detail} Look there before you submit it again: a second submission is a second entry."),
            _ => Results.Problem(statusCode: StatusCodes.Status502BadGateway, title: "Lawmatics did not take it.", detail: detail),
        };
    }
}

/// <summary>The forms.</summary>
/// <param name="Items">The forms.</param>
/// <param name="Next">The cursor of the next page, or null when this is the last.</param>
/// <param name="Problem">Why they, or the rest of them, could not be read, and what to do; null when they were.</param>
public sealed record LawmaticsFormsView(IReadOnlyList<LawmaticsForm> Items, string? Next, string? Problem);

/// <summary>A form that was submitted.</summary>
/// <param name="Id">Lawmatics' id of what the form made.</param>
/// <param name="Type"><c>prospect</c> or <c>contact</c>.</param>
public sealed record LawmaticsSubmitted(string? Id, string? Type);
