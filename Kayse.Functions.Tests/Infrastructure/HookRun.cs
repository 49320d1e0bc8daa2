using System.Diagnostics;
using Kayse.Tests;

namespace Kayse.Functions.Tests.Infrastructure;

/// <summary>
/// Runs a shell hook with an <c>az</c> and an <c>azd</c> that only pretend: they note how they were called, and keep what they were told in files.
/// </summary>
internal sealed class HookRun : IDisposable
{
    // Answers as the Azure CLI does: a value, nothing, or an error and its exit code. A secret's value goes to the file `vault` and is never answered.
    private const string Az = """
        #!/bin/sh
        printf '%s\n' "az $*" >>"$FAKE/calls"
        all=" $* "
        value() { while [ $# -gt 0 ]; do [ "$1" = "$name" ] && { printf '%s' "$2"; return; }; shift; done; }
        case "$all" in
          " account show --output none "*) [ -f "$FAKE/signed-in" ] ;;
          " account show --query tenantId "*) echo 11111111-2222-3333-4444-555555555555 ;;
          " cloud show "*) echo https://login.microsoftonline.com ;;
          " ad app list "*) cat "$FAKE/apps" 2>/dev/null || true ;;
          " ad app create "*)
            [ ! -f "$FAKE/may-not-register" ] || { echo "Insufficient privileges" >&2; exit 1; }
            echo app-1 | tee -a "$FAKE/apps"; echo 2 >"$FAKE/roles" ;;
          " ad app show "*"appRoles"*) cat "$FAKE/roles" ;;
          " ad app show "*"redirectUris"*) cat "$FAKE/redirects" 2>/dev/null || true ;;
          " ad app show "*) name=--id; grep -qx "$(value "$@")" "$FAKE/apps" ;;
          " ad app update "*"--web-redirect-uris"*)
            : >"$FAKE/redirects"; on=false
            for word in "$@"; do
              case "$word" in --web-redirect-uris) on=true ;; --*) on=false ;; *) [ $on = false ] || echo "$word" >>"$FAKE/redirects" ;; esac
            done ;;
          " ad app update "*"--app-roles"*) echo 2 >"$FAKE/roles" ;;
          " ad app update "*) ;;
          " ad app federated-credential list "*) if [ -f "$FAKE/credential" ]; then echo 1; else echo 0; fi ;;
          " ad app federated-credential create "*) name=--parameters; cp "$(value "$@")" "$FAKE/credential" ;;
          " ad sp show "*) [ -f "$FAKE/principal" ] ;;
          " ad sp create "*) : >"$FAKE/principal" ;;
          " rest --method get "*)
            [ ! -f "$FAKE/vault-refuses" ] || { echo 'Forbidden({"error":{"code":"AuthorizationFailed"}})' >&2; exit 1; }
            [ -f "$FAKE/vault" ] || { echo 'Not Found({"error":{"code":"SecretNotFound"}})' >&2; exit 1; } ;;
          " rest --method put "*)
            name=--body; body=$(value "$@"); [ -z "$(find "${body#@}" -perm /077)" ] || { echo "others may read it" >&2; exit 1; }
            cp "${body#@}" "$FAKE/vault" ;;
          *) echo "unexpected: az $*" >&2; exit 99 ;;
        esac
        """;

    private const string Azd = """
        #!/bin/sh
        printf '%s\n' "azd $*" >>"$FAKE/calls"
        """;

    private readonly TempFolder _folder = new();

    public HookRun()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bin"));
        Program("az", Az);
        Program("azd", Azd);
        Set("signed-in");
    }

    public string Calls => Get("calls") ?? string.Empty;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal)
    {
        ["AZURE_ENV_NAME"] = "test",
        ["KAYSE_URL"] = "https://kayse.example",
        ["KAYSE_HOST_URL"] = "https://func-kayse-x.azurewebsites.net",
        ["KAYSE_KEY_VAULT"] = "kv-kayse-x",
        ["KAYSE_KEY_VAULT_ID"] = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv-kayse-x",
        ["KAYSE_IDENTITY_PRINCIPAL_ID"] = "99999999-8888-7777-6666-555555555555",
    };

    public void Dispose() => _folder.Dispose();

    public void Set(string file, string content = "") => File.WriteAllText(Path.Combine(_folder.Path, file), content);

    public void Unset(string file) => File.Delete(Path.Combine(_folder.Path, file));

    public string? Get(string file) => Path.Combine(_folder.Path, file) is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    public void RemoveProgram(string name) => File.Delete(Path.Combine(_folder.Path, "bin", name));

    public IEnumerable<string> LeftInTemp() => Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "tmp"));

    public async Task<(int Code, string Output, string Error)> RunAsync(string hook)
    {
        var temp = Directory.CreateDirectory(Path.Combine(_folder.Path, "tmp")).FullName;
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(Infra.Folder, "hooks", hook)]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = $"{Path.Combine(_folder.Path, "bin")}:/usr/bin:/bin";
        start.Environment["FAKE"] = _folder.Path;
        start.Environment["TMPDIR"] = temp;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private void Program(string name, string text)
    {
        var path = Path.Combine(_folder.Path, "bin", name);
        File.WriteAllText(path, text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
