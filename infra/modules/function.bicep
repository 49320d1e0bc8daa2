param suffix string
param location string
param tags object
param identityId string
param identityClientId string
param storageName string
param deploymentContainer string
param vaultUri string
param insightsName string
param workspaceId string
param queuesKind string

@description('Empty when Storage queues are used.')
param serviceBusHost string

@description('Empty when Azure Storage keeps the workflows.')
param schedulerEndpoint string

@description('Empty for no virtual network.')
param subnetId string
param authClientId string
param authTenants string
param publicUrl string
param instanceMemoryMB int
param maximumInstanceCount int
param extraSettings object

var appName = 'func-kayse-${suffix}'
var useServiceBus = queuesKind == 'ServiceBus'
var useScheduler = !empty(schedulerEndpoint)
var hasSignIn = !empty(authClientId)
var issuerTenant = authTenants == 'multi' ? 'common' : tenant().tenantId

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-kayse-${suffix}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    tier: 'FlexConsumption'
    name: 'FC1'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: appName
  location: location
  // azd deploys the service `kayse` to the app that bears its name.
  tags: union(tags, { 'azd-service-name': 'kayse' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
      }
    }
  }

  // No password for publishing: azd deploys with an Entra token.
  resource ftpPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scmPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

var hostUrl = 'https://${app.properties.defaultHostName}'
var outsideUrl = empty(publicUrl) ? hostUrl : publicUrl

var hostSettings = {
  AzureWebJobsStorage__accountName: account.name
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsDisableHomepage: 'true'
  // A webhook with its files has 200 MB at most; the host's own limit is 100.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '209715200'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD;ClientId=${identityClientId}'
  AZURE_CLIENT_ID: identityClientId
}

var dataSettings = {
  Storage__TableUri: account.properties.primaryEndpoints.table
  Storage__BlobUri: account.properties.primaryEndpoints.blob
  Storage__QueueUri: account.properties.primaryEndpoints.queue
  // The same end point under the name that the Storage queue triggers look for.
  Queues__queueServiceUri: account.properties.primaryEndpoints.queue
  Queues__credential: 'managedidentity'
  Queues__clientId: identityClientId
  KeyVault__Uri: vaultUri
  Kayse__PublicUrl: outsideUrl
  Queues__Kind: queuesKind
}

var serviceBusSettings = {
  ServiceBus__fullyQualifiedNamespace: serviceBusHost
  ServiceBus__credential: 'managedidentity'
  ServiceBus__clientId: identityClientId
  'AzureWebJobs.PlatformEventsStorage.Disabled': 'true'
  'AzureWebJobs.WebhookDeliveriesStorage.Disabled': 'true'
  'AzureWebJobs.PlatformEventsPoison.Disabled': 'true'
  'AzureWebJobs.WebhookDeliveriesPoison.Disabled': 'true'
}

var storageQueueSettings = {
  'AzureWebJobs.PlatformEvents.Disabled': 'true'
  'AzureWebJobs.WebhookDeliveries.Disabled': 'true'
}

var schedulerSettings = {
  DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${schedulerEndpoint};Authentication=ManagedIdentity;ClientID=${identityClientId}'
}

var azureStorageDurableSettings = {
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'AzureStorage'
  // By this name the backend looks for its account, else under the scheduler's.
  AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'AzureWebJobsStorage'
}

// The identity signs in place of a client secret (App Service Authentication, "use a managed identity instead of a secret").
var signInSettings = {
  OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identityClientId
}

resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  // What is settled here wins over what is added.
  properties: union(
    extraSettings,
    hostSettings,
    dataSettings,
    useServiceBus ? serviceBusSettings : storageQueueSettings,
    useScheduler ? schedulerSettings : azureStorageDurableSettings,
    hasSignIn ? signInSettings : {}
  )
}

resource signIn 'Microsoft.Web/sites/config@2024-11-01' = if (hasSignIn) {
  parent: app
  name: 'authsettingsV2'
  // One change of the configuration after the other: each restarts the app.
  dependsOn: [settings]
  properties: {
    platform: {
      enabled: true
      runtimeVersion: '~1'
    }
    // CRMs and the platform come with keys and tokens of their own: Kayse decides who may do what.
    globalValidation: {
      requireAuthentication: false
      unauthenticatedClientAction: 'AllowAnonymous'
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: authClientId
          clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
          openIdIssuer: uri(environment().authentication.loginEndpoint, '${issuerTenant}/v2.0')
        }
        validation: {
          allowedAudiences: [
            authClientId
            'api://${authClientId}'
          ]
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
      preserveUrlFragmentsForLogins: false
    }
  }
}

// Metrics alone: the logs are in Application Insights already.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'to-log-analytics'
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output name string = app.name
output hostUrl string = hostUrl
output publicUrl string = outsideUrl
