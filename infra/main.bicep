targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('The azd environment. It is part of the names of all resources.')
param environmentName string

@minLength(1)
@description('The region of all resources. Flex Consumption and the Durable Task Scheduler are not in every region.')
@metadata({ azd: { type: 'location' } })
param location string

@allowed(['DurableTaskScheduler', 'AzureStorage'])
@description('Where workflows keep their histories.')
param durableBackend string = 'DurableTaskScheduler'

@allowed(['Consumption', 'Dedicated'])
@description('How the Durable Task Scheduler is paid for: by action, or by capacity unit.')
param schedulerSku string = 'Consumption'

@allowed(['ServiceBus', 'Storage'])
@description('Which queues carry events and deliveries. Storage is for small installations: it keeps no order within a session.')
param queuesKind string = 'ServiceBus'

@description('A virtual network with private end points for all data; the app stays public, since CRMs call it. Makes Service Bus a Premium one.')
param privateNetwork bool = false

@description('The client id of the Entra app registration that people sign in with; empty for none (keys alone).')
param authClientId string = ''

@allowed(['single', 'multi'])
@description('Whose people may sign in: the subscription\'s own tenant, or any. Kayse maps each tenant to a firm, so a tenant that it does not know gets nowhere.')
param authTenants string = 'single'

@description('Where alerts go by e-mail; empty for none (they still show in the portal).')
param alertEmail string = ''

@description('The address that the outside reaches Kayse at, without a slash at its end; empty for the function app\'s own.')
param publicUrl string = ''

@allowed([512, 2048, 4096])
@description('Memory of an instance; the processor comes in proportion.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('How far the app may scale out.')
param maximumInstanceCount int = 100

@minValue(30)
@maxValue(730)
@description('How long logs are kept.')
param logRetentionDays int = 30

@description('True to bring back a deleted Key Vault of the same name: purge protection keeps the name taken for 30 days.')
param recoverKeyVault bool = false

@description('More app settings, such as LawRuler__ApiUrl or Webhooks__RatePerSecond. Never a credential: those belong into the Key Vault.')
param extraSettings object = {}

var suffix = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
  product: 'kayse'
}
var useServiceBus = queuesKind == 'ServiceBus'
var useScheduler = durableBackend == 'DurableTaskScheduler'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-kayse-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'kayse-identity'
  scope: group
  params: {
    name: 'id-kayse-${suffix}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'kayse-monitoring'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    retentionDays: logRetentionDays
  }
}

module storage 'modules/storage.bicep' = {
  name: 'kayse-storage'
  scope: group
  params: {
    name: 'stkayse${suffix}'
    location: location
    tags: tags
    privateNetwork: privateNetwork
    withQueues: !useServiceBus
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'kayse-vault'
  scope: group
  params: {
    name: 'kv-kayse-${suffix}'
    location: location
    tags: tags
    privateNetwork: privateNetwork
    recover: recoverKeyVault
    workspaceId: monitoring.outputs.workspaceId
  }
}

module serviceBus 'modules/servicebus.bicep' = if (useServiceBus) {
  name: 'kayse-servicebus'
  scope: group
  params: {
    name: 'sb-kayse-${suffix}'
    location: location
    tags: tags
    privateNetwork: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module durable 'modules/durable.bicep' = if (useScheduler) {
  name: 'kayse-durable'
  scope: group
  params: {
    name: 'dts-kayse-${suffix}'
    location: location
    tags: tags
    privateNetwork: privateNetwork
    sku: schedulerSku
  }
}

module roles 'modules/roles.bicep' = {
  name: 'kayse-roles'
  scope: group
  params: {
    principalId: identity.outputs.principalId
    storageName: storage.outputs.name
    vaultName: vault.outputs.name
    insightsName: monitoring.outputs.insightsName
    serviceBusName: useServiceBus ? serviceBus!.outputs.name : ''
    schedulerName: useScheduler ? durable!.outputs.name : ''
    taskHubName: useScheduler ? durable!.outputs.taskHubName : ''
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'kayse-network'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: tags
    storageId: storage.outputs.id
    vaultId: vault.outputs.id
    serviceBusId: useServiceBus ? serviceBus!.outputs.id : ''
    schedulerId: useScheduler ? durable!.outputs.id : ''
  }
}

module functionApp 'modules/function.bicep' = {
  name: 'kayse-functionapp'
  scope: group
  // The first start already needs its rights.
  dependsOn: [roles]
  params: {
    suffix: suffix
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    deploymentContainer: storage.outputs.deploymentContainer
    vaultUri: vault.outputs.uri
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    queuesKind: queuesKind
    serviceBusHost: useServiceBus ? serviceBus!.outputs.host : ''
    schedulerEndpoint: useScheduler ? durable!.outputs.endpoint : ''
    subnetId: privateNetwork ? network!.outputs.appSubnetId : ''
    authClientId: authClientId
    authTenants: authTenants
    publicUrl: publicUrl
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    extraSettings: extraSettings
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'kayse-alerts'
  scope: group
  params: {
    location: location
    tags: tags
    email: alertEmail
    workspaceId: monitoring.outputs.workspaceId
    serviceBusId: useServiceBus ? serviceBus!.outputs.id : ''
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_TENANT_ID string = tenant().tenantId
output KAYSE_FUNCTION_APP string = functionApp.outputs.name
output KAYSE_URL string = functionApp.outputs.publicUrl
output KAYSE_HOST_URL string = functionApp.outputs.hostUrl
output KAYSE_KEY_VAULT string = vault.outputs.name
output KAYSE_KEY_VAULT_ID string = vault.outputs.id
output KAYSE_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId
