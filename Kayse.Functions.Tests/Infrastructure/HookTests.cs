using System.Text.Json;

namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>The shell hooks do their work once, say what is wrong, and keep the operator's key to themselves. (Windows has the other form of them.)</summary>
public sealed class HookTests : IDisposable
{
    private const string Before = "preprovision.sh";
    private const string After = "postprovision.sh";

    private readonly HookRun _run = new();

    public static TheoryData<string, string> Missing => new()
    {
        { Before, "AZURE_ENV_NAME" },
        { After, "KAYSE_URL" },
        { After, "KAYSE_HOST_URL" },
        { After, "KAYSE_KEY_VAULT" },
        { After, "KAYSE_KEY_VAULT_ID" },
        { After, "KAYSE_IDENTITY_PRINCIPAL_ID" },
    };

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(Before)]
    [InlineData(After)]
    public async Task Without_a_sign_in_it_says_how_to_sign_in_and_changes_nothing(string hook)
    {
        await OnPosixAsync(async () =>
        {
            _run.Unset("signed-in");
            var (code, _, error) = await _run.RunAsync(hook);
            Assert.Equal(1, code);
            Assert.Contains("az login", error, StringComparison.Ordinal);
            Assert.Equal("az account show --output none\n", _run.Calls);
        });
    }

    [Theory]
    [InlineData(Before)]
    [InlineData(After)]
    public async Task Without_the_azure_cli_it_says_so(string hook)
    {
        await OnPosixAsync(async () =>
        {
            _run.RemoveProgram("az");
            var (code, _, error) = await _run.RunAsync(hook);
            Assert.Equal(1, code);
            Assert.Contains("The Azure CLI (az) is not installed", error, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Missing))]
    public async Task What_azd_should_have_set_is_named(string hook, string variable)
    {
        await OnPosixAsync(async () =>
        {
            _run.Environment.Remove(variable);
            var (code, _, error) = await _run.RunAsync(hook);
            Assert.Equal(1, code);
            Assert.Contains($"{variable} is not set", error, StringComparison.Ordinal);
            Assert.Empty(_run.Calls);
        });
    }

    [Fact]
    public async Task The_registration_is_made_once_with_its_roles_and_its_id_is_noted()
    {
        await OnPosixAsync(async () =>
        {
            Assert.Equal(0, (await _run.RunAsync(Before)).Code);
            Assert.Contains("az ad app create --display-name Kayse (test) --sign-in-audience AzureADMyOrg --enable-id-token-issuance true --app-roles @", _run.Calls, StringComparison.Ordinal);
            Assert.EndsWith("azd env set KAYSE_AUTH_CLIENT_ID app-1\n", _run.Calls, StringComparison.Ordinal);

            // Once found by its name, once by the id that azd hands on.
            Assert.Equal(0, (await _run.RunAsync(Before)).Code);
            _run.Environment["KAYSE_AUTH_CLIENT_ID"] = "app-1";
            Assert.Equal(0, (await _run.RunAsync(Before)).Code);
            Assert.Equal(1, Count("az ad app create"));
            Assert.Equal(1, Count("az ad sp create"));
            Assert.Equal("app-1\n", _run.Get("apps"));
        });
    }

    [Fact]
    public async Task A_registration_without_the_roles_gets_them()
    {
        await OnPosixAsync(async () =>
        {
            _run.Set("apps", "app-1\n");
            _run.Set("roles", "0\n");
            Assert.Equal(0, (await _run.RunAsync(Before)).Code);
            Assert.Equal(0, (await _run.RunAsync(Before)).Code);
            Assert.Equal(1, Count("--app-roles"));
        });
    }

    [Fact]
    public async Task Firms_people_may_sign_in_when_that_is_chosen()
    {
        await OnPosixAsync(async () =>
        {
            _run.Environment["KAYSE_AUTH_TENANTS"] = "multi";
            Assert.Equal(0, (await _run.RunAsync(Before)).Code);
            Assert.Contains("--sign-in-audience AzureADMultipleOrgs", _run.Calls, StringComparison.Ordinal);

            _run.Environment["KAYSE_AUTH_TENANTS"] = "everyone";
            var (code, _, error) = await _run.RunAsync(Before);
            Assert.Equal(1, code);
            Assert.Contains("single or multi", error, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task The_registration_can_be_left_out()
    {
        await OnPosixAsync(async () =>
        {
            _run.Environment["KAYSE_SKIP_APP_REGISTRATION"] = "true";
            _run.Unset("signed-in");
            Assert.Equal(0, (await _run.RunAsync(Before)).Code);
            Assert.Empty(_run.Calls);
        });
    }

    [Fact]
    public async Task Several_registrations_of_the_name_are_not_chosen_from()
    {
        await OnPosixAsync(async () =>
        {
            _run.Set("apps", "app-1\napp-2\n");
            var (code, _, error) = await _run.RunAsync(Before);
            Assert.Equal(1, code);
            Assert.Contains("several", error, StringComparison.Ordinal);
            Assert.DoesNotContain("azd env set", _run.Calls, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Who_may_not_register_applications_is_told_what_to_do()
    {
        await OnPosixAsync(async () =>
        {
            _run.Set("may-not-register");
            var (code, _, error) = await _run.RunAsync(Before);
            Assert.Equal(1, code);
            Assert.Contains("KAYSE_SKIP_APP_REGISTRATION=true", error, StringComparison.Ordinal);
            Assert.DoesNotContain("azd env set", _run.Calls, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_id_of_another_tenant_is_refused_and_not_replaced()
    {
        await OnPosixAsync(async () =>
        {
            _run.Set("apps", "app-1\n");
            _run.Environment["KAYSE_AUTH_CLIENT_ID"] = "app-9";
            var (code, _, error) = await _run.RunAsync(Before);
            Assert.Equal(1, code);
            Assert.Contains("app-9", error, StringComparison.Ordinal);
            Assert.Equal(0, Count("az ad app create"));
        });
    }

    [Fact]
    public async Task The_operators_key_is_made_once_and_shown_to_nobody()
    {
        await OnPosixAsync(async () =>
        {
            var (code, output, error) = await _run.RunAsync(After);
            Assert.Equal(0, code);
            var key = Key();
            Assert.Matches("^[A-Za-z0-9_-]{43}$", key);
            foreach (var text in new[] { output, error, _run.Calls })
            {
                Assert.DoesNotContain(key, text, StringComparison.Ordinal);
            }

            Assert.Contains("https://kayse.example/healthz", output, StringComparison.Ordinal);
            Assert.Contains("docs/deploy.md", output, StringComparison.Ordinal);
            Assert.Empty(_run.LeftInTemp());

            Assert.Equal(0, (await _run.RunAsync(After)).Code);
            Assert.Equal(key, Key());
            Assert.Equal(1, Count("az rest --method put"));
        });
    }

    [Fact]
    public async Task Two_environments_have_two_keys()
    {
        await OnPosixAsync(async () =>
        {
            Assert.Equal(0, (await _run.RunAsync(After)).Code);
            var first = Key();
            _run.Unset("vault");
            Assert.Equal(0, (await _run.RunAsync(After)).Code);
            Assert.NotEqual(first, Key());
        });
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_is_no_vault_without_a_key()
    {
        await OnPosixAsync(async () =>
        {
            _run.Set("vault-refuses");
            var (code, _, error) = await _run.RunAsync(After);
            Assert.Equal(1, code);
            Assert.Contains("kv-kayse-x", error, StringComparison.Ordinal);
            Assert.Contains("AuthorizationFailed", error, StringComparison.Ordinal);
            Assert.Equal(0, Count("az rest --method put"));
            Assert.Empty(_run.LeftInTemp());
        });
    }

    [Fact]
    public async Task People_come_back_to_the_app_and_the_identity_is_trusted_in_place_of_a_secret()
    {
        await OnPosixAsync(async () =>
        {
            _run.Environment["KAYSE_AUTH_CLIENT_ID"] = "app-1";
            _run.Set("redirects", "https://added.by.hand/callback\n");
            Assert.Equal(0, (await _run.RunAsync(After)).Code);
            Assert.Equal(0, (await _run.RunAsync(After)).Code);

            Assert.Equal(
                "https://added.by.hand/callback\nhttps://func-kayse-x.azurewebsites.net/.auth/login/aad/callback\nhttps://kayse.example/.auth/login/aad/callback\n",
                _run.Get("redirects"));
            Assert.Equal(2, Count("--web-redirect-uris"));
            Assert.Equal(1, Count("federated-credential create"));
            using var credential = JsonDocument.Parse(_run.Get("credential")!);
            Assert.Equal("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", credential.RootElement.GetProperty("issuer").GetString());
            Assert.Equal("99999999-8888-7777-6666-555555555555", credential.RootElement.GetProperty("subject").GetString());
            Assert.Equal("api://AzureADTokenExchange", credential.RootElement.GetProperty("audiences")[0].GetString());
        });
    }

    [Fact]
    public async Task Without_a_registration_nothing_is_asked_of_entra()
    {
        await OnPosixAsync(async () =>
        {
            Assert.Equal(0, (await _run.RunAsync(After)).Code);
            Assert.Equal(0, Count("az ad "));
        });
    }

    [Fact]
    public void The_roles_are_the_two_that_the_app_knows()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Infra.Folder, "hooks", "app-roles.json")));
        var roles = document.RootElement.EnumerateArray().ToList();
        Assert.Equal(["Kayse.Admin", "Kayse.Viewer"], roles.Select(role => role.GetProperty("value").GetString()));
        Assert.Equal(2, roles.Select(role => role.GetProperty("id").GetGuid()).Distinct().Count());
        Assert.All(roles, role => Assert.True(role.GetProperty("isEnabled").GetBoolean()));
        Assert.All(roles, role => Assert.Equal("User", Assert.Single(role.GetProperty("allowedMemberTypes").EnumerateArray()).GetString()));
    }

    private static Task OnPosixAsync(Func<Task> test) => OperatingSystem.IsWindows() ? Task.CompletedTask : test();

    private string Key()
    {
        using var secret = JsonDocument.Parse(_run.Get("vault")!);
        return secret.RootElement.GetProperty("properties").GetProperty("value").GetString()!;
    }

    private int Count(string call) => _run.Calls.Split('\n').Count(line => line.Contains(call, StringComparison.Ordinal));
}
