#!/bin/sh
# Lets people sign in at the app's address, makes the operator's key in the Key Vault if there is none, and says what comes next.
# Run again, it changes nothing. The key is never printed, never an argument, and never in the azd environment.
set -eu
umask 077

secret=kayse--operator--key

say() { printf '%s\n' "$*"; }
fail() { printf 'postprovision: %s\n' "$*" >&2; exit 1; }

for variable in KAYSE_URL KAYSE_HOST_URL KAYSE_KEY_VAULT KAYSE_KEY_VAULT_ID KAYSE_IDENTITY_PRINCIPAL_ID; do
  eval "value=\${$variable:-}"
  [ -n "$value" ] || fail "$variable is not set: run this through azd after azd provision (azd hooks run postprovision)."
done
command -v az >/dev/null 2>&1 || fail "The Azure CLI (az) is not installed."
az account show --output none 2>/dev/null || fail "The Azure CLI is not signed in. Run: az login"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

allow_redirect() {
  known=$(az ad app show --id "$1" --query 'web.redirectUris' --output tsv)
  if printf '%s\n' "$known" | grep -qxF "$2"; then
    return 0
  fi
  # The list is replaced as a whole. Addresses have no spaces.
  # shellcheck disable=SC2086
  az ad app update --id "$1" --web-redirect-uris $known "$2" --output none
  say "People may sign in at $2."
}

trust_identity() {
  known=$(az ad app federated-credential list --id "$1" --query "[?subject=='$KAYSE_IDENTITY_PRINCIPAL_ID'] | length(@)" --output tsv)
  [ "$known" = 0 ] || return 0
  tenant=$(az account show --query tenantId --output tsv)
  login=$(az cloud show --query endpoints.activeDirectory --output tsv)
  cat >"$work/credential.json" <<EOF
{ "name": "kayse-$KAYSE_IDENTITY_PRINCIPAL_ID", "issuer": "${login%/}/$tenant/v2.0", "subject": "$KAYSE_IDENTITY_PRINCIPAL_ID", "audiences": ["api://AzureADTokenExchange"] }
EOF
  az ad app federated-credential create --id "$1" --parameters "$work/credential.json" --output none
  say "The app registration trusts the app's managed identity: it needs no client secret."
}

if [ -n "${KAYSE_AUTH_CLIENT_ID:-}" ] && [ "${KAYSE_SKIP_APP_REGISTRATION:-false}" != true ]; then
  allow_redirect "$KAYSE_AUTH_CLIENT_ID" "$KAYSE_HOST_URL/.auth/login/aad/callback"
  [ "$KAYSE_URL" = "$KAYSE_HOST_URL" ] || allow_redirect "$KAYSE_AUTH_CLIENT_ID" "$KAYSE_URL/.auth/login/aad/callback"
  trust_identity "$KAYSE_AUTH_CLIENT_ID"
fi

# Through Azure Resource Manager: it answers with the secret's properties but never its value, works with a vault behind a private end point,
# and whoever deploys needs no right to read the firms' secrets.
secret_url="$KAYSE_KEY_VAULT_ID/secrets/$secret?api-version=2024-11-01"
if az rest --method get --url "$secret_url" --output none 2>"$work/error"; then
  say "The operator's key is in the Key Vault already; it stays as it is."
elif grep -qiE 'not ?found' "$work/error"; then
  key=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')
  [ "${#key}" -ge 43 ] || fail "No random key could be made."
  printf '{"properties":{"value":"%s","contentType":"Kayse operator key"}}' "$key" >"$work/secret.json"
  unset key
  az rest --method put --url "$secret_url" --body "@$work/secret.json" --output none ||
    fail "The operator's key could not be made. If it was deleted, bring it back: az keyvault secret recover --vault-name $KAYSE_KEY_VAULT --name $secret"
  say "Made the operator's key in the Key Vault."
else
  cat "$work/error" >&2
  fail "The Key Vault $KAYSE_KEY_VAULT cannot be asked whether it has the operator's key."
fi

cat <<EOF

  API       $KAYSE_URL
  Described $KAYSE_URL/openapi/v1.json
  Health    $KAYSE_URL/healthz
  Key Vault $KAYSE_KEY_VAULT (the operator's key is its secret $secret)

Next: open a firm, step 6 of docs/deploy.md.
EOF
