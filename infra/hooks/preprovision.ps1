# Makes or updates the Entra app registration that people sign in with, and notes its client id in the azd environment.
# Run again, it changes nothing. KAYSE_SKIP_APP_REGISTRATION=true leaves it out: keys alone then, or a KAYSE_AUTH_CLIENT_ID of your own.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

function Stop-Hook([string]$Message) {
    [Console]::Error.WriteLine("preprovision: $Message")
    exit 1
}

if ($env:KAYSE_SKIP_APP_REGISTRATION -eq 'true') {
    Write-Host 'The app registration is left out (KAYSE_SKIP_APP_REGISTRATION).'
    exit 0
}

if (-not $env:AZURE_ENV_NAME) { Stop-Hook 'AZURE_ENV_NAME is not set: run this through azd (azd provision, azd hooks run preprovision).' }
if (-not (Get-Command az -ErrorAction SilentlyContinue)) { Stop-Hook 'The Azure CLI (az) is not installed. Install it, or set KAYSE_SKIP_APP_REGISTRATION=true.' }
az account show --output none 2>$null
if ($LASTEXITCODE -ne 0) { Stop-Hook 'The Azure CLI is not signed in. Run: az login' }

$name = "Kayse ($env:AZURE_ENV_NAME)"
$audience = switch ($env:KAYSE_AUTH_TENANTS) {
    { -not $_ -or $_ -eq 'single' } { 'AzureADMyOrg'; break }
    'multi' { 'AzureADMultipleOrgs'; break }
    default { Stop-Hook 'KAYSE_AUTH_TENANTS must be single or multi.' }
}

$roles = "@$(Join-Path $PSScriptRoot 'app-roles.json')"
$id = $env:KAYSE_AUTH_CLIENT_ID
if ($id) {
    az ad app show --id $id --output none 2>$null
    if ($LASTEXITCODE -ne 0) {
        Stop-Hook "The app registration $id (KAYSE_AUTH_CLIENT_ID) is not in this tenant, or you may not read it. Sign in to its tenant, or clear the value: azd env set KAYSE_AUTH_CLIENT_ID ''"
    }
}
else {
    $found = @(az ad app list --filter "displayName eq '$name'" --query '[].appId' --output tsv)
    if ($LASTEXITCODE -ne 0) { Stop-Hook 'App registrations cannot be listed. You need the right to register applications in Entra ID, or KAYSE_SKIP_APP_REGISTRATION=true.' }
    if ($found.Count -gt 1) { Stop-Hook "There are several app registrations named '$name'. Choose one: azd env set KAYSE_AUTH_CLIENT_ID <client id>" }
    $id = if ($found.Count -eq 1) { $found[0] } else { '' }
}

if (-not $id) {
    $id = az ad app create --display-name $name --sign-in-audience $audience --enable-id-token-issuance true --app-roles $roles --query appId --output tsv
    if ($LASTEXITCODE -ne 0) { Stop-Hook 'The app registration could not be made. You need the right to register applications in Entra ID, or KAYSE_SKIP_APP_REGISTRATION=true.' }
    Write-Host "Made the app registration '$name'."
}
else {
    $known = az ad app show --id $id --query "length(appRoles[?value=='Kayse.Admin' || value=='Kayse.Viewer'])" --output tsv
    if ($known -eq '2') {
        az ad app update --id $id --sign-in-audience $audience --enable-id-token-issuance true --output none
    }
    else {
        az ad app update --id $id --sign-in-audience $audience --enable-id-token-issuance true --app-roles $roles --output none
    }
    if ($LASTEXITCODE -ne 0) { Stop-Hook 'The app registration could not be updated.' }
    Write-Host "The app registration '$name' is up to date."
}

# Roles are given to people on the enterprise application, which a registration by itself has not.
az ad sp show --id $id --output none 2>$null
if ($LASTEXITCODE -ne 0) {
    az ad sp create --id $id --output none
    if ($LASTEXITCODE -ne 0) { Stop-Hook 'The enterprise application could not be made.' }
}

azd env set KAYSE_AUTH_CLIENT_ID $id
exit $LASTEXITCODE
