#!/bin/sh
# Makes or updates the Entra app registration that people sign in with, and notes its client id in the azd environment.
# Run again, it changes nothing. KAYSE_SKIP_APP_REGISTRATION=true leaves it out: keys alone then, or a KAYSE_AUTH_CLIENT_ID of your own.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

say() { printf '%s\n' "$*"; }
fail() { printf 'preprovision: %s\n' "$*" >&2; exit 1; }

if [ "${KAYSE_SKIP_APP_REGISTRATION:-false}" = true ]; then
  say "The app registration is left out (KAYSE_SKIP_APP_REGISTRATION)."
  exit 0
fi

[ -n "${AZURE_ENV_NAME:-}" ] || fail "AZURE_ENV_NAME is not set: run this through azd (azd provision, azd hooks run preprovision)."
command -v az >/dev/null 2>&1 || fail "The Azure CLI (az) is not installed. Install it, or set KAYSE_SKIP_APP_REGISTRATION=true."
az account show --output none 2>/dev/null || fail "The Azure CLI is not signed in. Run: az login"

name="Kayse ($AZURE_ENV_NAME)"
case "${KAYSE_AUTH_TENANTS:-single}" in
  single) audience=AzureADMyOrg ;;
  multi) audience=AzureADMultipleOrgs ;;
  *) fail "KAYSE_AUTH_TENANTS must be single or multi." ;;
esac

id=${KAYSE_AUTH_CLIENT_ID:-}
if [ -n "$id" ]; then
  az ad app show --id "$id" --output none 2>/dev/null ||
    fail "The app registration $id (KAYSE_AUTH_CLIENT_ID) is not in this tenant, or you may not read it. Sign in to its tenant, or clear the value: azd env set KAYSE_AUTH_CLIENT_ID ''"
else
  id=$(az ad app list --filter "displayName eq '$name'" --query '[].appId' --output tsv) ||
    fail "App registrations cannot be listed. You need the right to register applications in Entra ID, or KAYSE_SKIP_APP_REGISTRATION=true."
  case "$id" in
    *[![:space:]]*[[:space:]]*) fail "There are several app registrations named '$name'. Choose one: azd env set KAYSE_AUTH_CLIENT_ID <client id>" ;;
  esac
fi

if [ -z "$id" ]; then
  id=$(az ad app create --display-name "$name" --sign-in-audience "$audience" --enable-id-token-issuance true \
    --app-roles "@$here/app-roles.json" --query appId --output tsv) ||
    fail "The app registration could not be made. You need the right to register applications in Entra ID, or KAYSE_SKIP_APP_REGISTRATION=true."
  say "Made the app registration '$name'."
else
  roles=$(az ad app show --id "$id" --query "length(appRoles[?value=='Kayse.Admin' || value=='Kayse.Viewer'])" --output tsv)
  if [ "$roles" = 2 ]; then
    az ad app update --id "$id" --sign-in-audience "$audience" --enable-id-token-issuance true --output none
  else
    az ad app update --id "$id" --sign-in-audience "$audience" --enable-id-token-issuance true --app-roles "@$here/app-roles.json" --output none
  fi
  say "The app registration '$name' is up to date."
fi

# Roles are given to people on the enterprise application, which a registration by itself has not.
az ad sp show --id "$id" --output none 2>/dev/null || az ad sp create --id "$id" --output none

azd env set KAYSE_AUTH_CLIENT_ID "$id"
