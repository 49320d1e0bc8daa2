using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Kayse.Core;
using Kayse.Core.Companies;
using Kayse.Web.Access;
using Microsoft.AspNetCore.Http;

namespace Kayse.Tests.Web;

/// <summary>Whose people may sign in for which firm.</summary>
public sealed class TenantTests : IAsyncLifetime
{
    private const string Tenant = "11111111-2222-3333-4444-555555555555";
    private const string Another = "99999999-8888-7777-6666-555555555555";
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await _host.OpenFirmAsync("other");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_tenants_people_sign_in_for_its_firm_by_their_role()
    {
        await SetAsync("demo", Tenant);

        Assert.Equal(new Caller(CallerRole.Admin, CompanyId.Parse("demo")), await SignInAsync(Claims(Tenant, "Kayse.Admin")));
        Assert.Equal(new Caller(CallerRole.Viewer, CompanyId.Parse("demo")), await SignInAsync(Claims(Tenant, "Kayse.Viewer")));
        Assert.Equal(new Caller(CallerRole.Admin, CompanyId.Parse("demo")), await SignInAsync(Claims(Tenant, "Kayse.Viewer", "Kayse.Admin")));
        Assert.Equal(new Caller(CallerRole.Viewer, CompanyId.Parse("demo")), await SignInAsync(Unmapped(Tenant, "Kayse.Viewer")));
    }

    [Fact]
    public async Task Nobody_else_signs_in()
    {
        await SetAsync("demo", Tenant);

        Assert.Null(await SignInAsync(Claims(Tenant)));
        Assert.Null(await SignInAsync(Claims(Tenant, "kayse.admin")));
        Assert.Null(await SignInAsync(Claims(Another, "Kayse.Admin")));
        Assert.Null(await SignInAsync(Claims("not a tenant", "Kayse.Admin")));
        Assert.Null(await SignInAsync(Claims(Tenant, "Kayse.Admin").Replace("\"aad\"", "\"google\"", StringComparison.Ordinal)));
        Assert.Null(await SignInAsync(Claims(Tenant, "Kayse.Admin").Replace("{\"typ\"", "{\"typ\":\"tid\",\"val\":\"" + Another + "\"},{\"typ\"", StringComparison.Ordinal)));
        foreach (var odd in new[] { "", "[]", "{}", "null", """{"auth_typ":"aad","claims":7}""", """{"auth_typ":"aad","claims":[7]}""", """{"auth_typ":1}""", """{"auth_typ":"aad","claims":[{"typ":{},"val":[]}]}""" })
        {
            Assert.Null(await SignInAsync(odd));
        }

        Assert.Null(await SignInAsync(Claims(Tenant, "Kayse.Admin"), context => context.Request.Headers[SignedInPeople.Header] = "not base64!"));
        Assert.Null(await SignInAsync(Claims(Tenant, [.. Enumerable.Repeat("Kayse.Admin", 2000)])));
    }

    [Fact]
    public async Task The_header_is_believed_only_where_the_platform_sets_it()
    {
        await SetAsync("demo", Tenant);

        Assert.Null(await SignInAsync(Claims(Tenant, "Kayse.Admin"), isTrusted: false));
        using var stranger = _host.ClientWith(null);
        stranger.DefaultRequestHeaders.Add(SignedInPeople.Header, Convert.ToBase64String(Encoding.UTF8.GetBytes(Claims(Tenant, "Kayse.Admin"))));
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/companies/demo/cases")).StatusCode);
    }

    [Theory]
    [InlineData("GET", "cross-site", null, true)]
    [InlineData("POST", "cross-site", null, false)]
    [InlineData("POST", "same-site", null, false)]
    [InlineData("DELETE", "same-origin", null, true)]
    [InlineData("PATCH", "none", null, true)]
    [InlineData("POST", null, "https://kayse.example.com", true)]
    [InlineData("POST", null, "https://hooks.example.com", true)]
    [InlineData("POST", null, "https://evil.example.com", false)]
    [InlineData("POST", null, "null", false)]
    [InlineData("POST", null, null, true)]
    public async Task A_change_that_another_site_makes_a_browser_send_is_nobodys(string method, string? site, string? origin, bool isTaken)
    {
        await SetAsync("demo", Tenant);

        var caller = await SignInAsync(Claims(Tenant, "Kayse.Admin"), context =>
        {
            context.Request.Method = method;
            context.Request.Headers["Sec-Fetch-Site"] = site;
            context.Request.Headers.Origin = origin;
        });

        Assert.Equal(isTaken, caller is not null);
    }

    [Fact]
    public async Task A_tenant_is_one_firms_and_goes_with_it()
    {
        Assert.Equal(HttpStatusCode.OK, await SetAsync("demo", Tenant));
        Assert.Equal(HttpStatusCode.OK, await SetAsync("demo", Tenant));
        Assert.Equal(HttpStatusCode.Conflict, await SetAsync("other", Tenant));
        Assert.Equal(Tenant, (await _host.GetJsonAsync("/api/companies/demo")).GetProperty("tenantId").GetString());

        Assert.Equal(HttpStatusCode.OK, await SetAsync("demo", Another));
        Assert.Null(await SignInAsync(Claims(Tenant, "Kayse.Admin")));
        Assert.Equal(HttpStatusCode.OK, await SetAsync("other", Tenant));
        Assert.Equal(CompanyId.Parse("other"), (await SignInAsync(Claims(Tenant, "Kayse.Admin")))!.Company);

        Assert.Equal(HttpStatusCode.OK, await SetAsync("other", ""));
        Assert.Null(await SignInAsync(Claims(Tenant, "Kayse.Admin")));

        Assert.True((await _host.Http.DeleteAsync("/api/companies/demo")).IsSuccessStatusCode);
        Assert.Null(await SignInAsync(Claims(Another, "Kayse.Admin")));
        Assert.Equal(HttpStatusCode.OK, await SetAsync("other", Another));
    }

    [Fact]
    public async Task What_is_no_tenants_id_is_refused_and_names_the_field()
    {
        using var answer = await _host.Http.PatchAsJsonAsync("/api/companies/demo", new { tenantId = "contoso" });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("tenantId", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("field").GetString());
    }

    private static string Claims(string tenant, params string[] roles) =>
        Principal("http://schemas.microsoft.com/ws/2008/06/identity/claims/role", "http://schemas.microsoft.com/identity/claims/tenantid", tenant, roles);

    private static string Unmapped(string tenant, params string[] roles) => Principal("roles", "tid", tenant, roles);

    private static string Principal(string roleType, string tenantType, string tenant, string[] roles) => JsonSerializer.Serialize(new
    {
        auth_typ = "aad",
        claims = roles.Select(role => new { typ = roleType, val = role }).Append(new { typ = tenantType, val = tenant }),
        name_typ = "name",
        role_typ = roleType,
    });

    private async Task<HttpStatusCode> SetAsync(string company, string tenant)
    {
        using var answer = await _host.Http.PatchAsJsonAsync($"/api/companies/{company}", new { tenantId = tenant });
        return answer.StatusCode;
    }

    private Task<Caller?> SignInAsync(string claims, Action<HttpContext>? change = null, bool isTrusted = true)
    {
        var context = new DefaultHttpContext { Request = { Method = "GET", Scheme = "https", Host = new HostString("kayse.example.com") } };
        context.Request.Headers[SignedInPeople.Header] = Convert.ToBase64String(Encoding.UTF8.GetBytes(claims));
        change?.Invoke(context);
        return new SignedInPeople(_host.Get<CompanyRegister>(), new PublicAddress("https://hooks.example.com/"), isTrusted).IdentifyAsync(context);
    }
}
