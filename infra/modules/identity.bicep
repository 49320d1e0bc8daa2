param name string
param location string
param tags object

// The one identity of the app: for its data, for its telemetry, and as the credential of its Entra registration.
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

output id string = identity.id
output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
