# Lets people sign in at the app's address, makes the operator's key in the Key Vault if there is none, and says what comes next.
# Run again, it changes nothing. The key is never printed, never an argument, and never in the azd environment.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

$secret = 'kayse--operator--key'

function Stop-Hook([string]$Message) {
    [Console]::Error.WriteLine("postprovision: $Message")
    exit 1
}

foreach ($variable in 'KAYSE_URL', 'KAYSE_HOST_URL', 'KAYSE_KEY_VAULT', 'KAYSE_KEY_VAULT_ID', 'KAYSE_IDENTITY_PRINCIPAL_ID') {
    if (-not [Environment]::GetEnvironmentVariable($variable)) {
        Stop-Hook "$variable is not set: run this through azd after azd provision (azd hooks run postprovision)."
    }
}
if (-not (Get-Command az -ErrorAction SilentlyContinue)) { Stop-Hook 'The Azure CLI (az) is not installed.' }
az account show --output none 2>$null
if ($LASTEXITCODE -ne 0) { Stop-Hook 'The Azure CLI is not signed in. Run: az login' }

function Add-Redirect([string]$Id, [string]$Address) {
    $known = @(az ad app show --id $Id --query 'web.redirectUris' --output tsv)
    if ($LASTEXITCODE -ne 0) { Stop-Hook "The app registration $Id cannot be read." }
    if ($known -contains $Address) { return }
    # The list is replaced as a whole.
    $all = @($known | Where-Object { $_ }) + $Address
    az ad app update --id $Id --web-redirect-uris @all --output none
    if ($LASTEXITCODE -ne 0) { Stop-Hook "The app registration $Id cannot be changed." }
    Write-Host "People may sign in at $Address."
}

function Add-Trust([string]$Id, [string]$Folder) {
    $known = az ad app federated-credential list --id $Id --query "[?subject=='$env:KAYSE_IDENTITY_PRINCIPAL_ID'] | length(@)" --output tsv
    if ($LASTEXITCODE -ne 0) { Stop-Hook "The app registration $Id cannot be read." }
    if ($known -ne '0') { return }
    $tenant = az account show --query tenantId --output tsv
    $login = (az cloud show --query endpoints.activeDirectory --output tsv).TrimEnd('/')
    $file = Join-Path $Folder 'credential.json'
    @{
        name      = "kayse-$env:KAYSE_IDENTITY_PRINCIPAL_ID"
        issuer    = "$login/$tenant/v2.0"
        subject   = $env:KAYSE_IDENTITY_PRINCIPAL_ID
        audiences = @('api://AzureADTokenExchange')
    } | ConvertTo-Json | Set-Content -LiteralPath $file -Encoding utf8
    az ad app federated-credential create --id $Id --parameters $file --output none
    if ($LASTEXITCODE -ne 0) { Stop-Hook 'The app registration could not be made to trust the app''s managed identity.' }
    Write-Host "The app registration trusts the app's managed identity: it needs no client secret."
}

# A folder below the user's own profile: nobody else may read it.
$work = Join-Path ([Environment]::GetFolderPath('LocalApplicationData')) "kayse-$([IO.Path]::GetRandomFileName())"
New-Item -ItemType Directory -Path $work -Force | Out-Null
try {
    if ($env:KAYSE_AUTH_CLIENT_ID -and $env:KAYSE_SKIP_APP_REGISTRATION -ne 'true') {
        Add-Redirect $env:KAYSE_AUTH_CLIENT_ID "$env:KAYSE_HOST_URL/.auth/login/aad/callback"
        if ($env:KAYSE_URL -ne $env:KAYSE_HOST_URL) { Add-Redirect $env:KAYSE_AUTH_CLIENT_ID "$env:KAYSE_URL/.auth/login/aad/callback" }
        Add-Trust $env:KAYSE_AUTH_CLIENT_ID $work
    }

    # Through Azure Resource Manager: it answers with the secret's properties but never its value, works with a vault behind a private end point,
    # and whoever deploys needs no right to read the firms' secrets.
    $url = "$env:KAYSE_KEY_VAULT_ID/secrets/${secret}?api-version=2024-11-01"
    $problem = az rest --method get --url $url --output none 2>&1 | Out-String
    if ($LASTEXITCODE -eq 0) {
        Write-Host 'The operator''s key is in the Key Vault already; it stays as it is.'
    }
    elseif ($problem -match 'not ?found') {
        $key = [Convert]::ToBase64String([Security.Cryptography.RandomNumberGenerator]::GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_')
        $file = Join-Path $work 'secret.json'
        @{ properties = @{ value = $key; contentType = 'Kayse operator key' } } | ConvertTo-Json | Set-Content -LiteralPath $file -Encoding utf8
        Remove-Variable key
        az rest --method put --url $url --body "@$file" --output none
        if ($LASTEXITCODE -ne 0) {
            Stop-Hook "The operator's key could not be made. If it was deleted, bring it back: az keyvault secret recover --vault-name $env:KAYSE_KEY_VAULT --name $secret"
        }
        Write-Host 'Made the operator''s key in the Key Vault.'
    }
    else {
        [Console]::Error.WriteLine($problem)
        Stop-Hook "The Key Vault $env:KAYSE_KEY_VAULT cannot be asked whether it has the operator's key."
    }
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force
}

Write-Host @"

  API       $env:KAYSE_URL
  Described $env:KAYSE_URL/openapi/v1.json
  Health    $env:KAYSE_URL/healthz
  Key Vault $env:KAYSE_KEY_VAULT (the operator's key is its secret $secret)

Next: open a firm, step 6 of docs/deploy.md.
"@
