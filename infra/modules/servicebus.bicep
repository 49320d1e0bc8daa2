param name string
param location string
param tags object
param privateNetwork bool
param workspaceId string

var queueNames = ['platform-events', 'webhook-deliveries']

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  // Sessions need Standard, private end points need Premium.
  sku: {
    name: privateNetwork ? 'Premium' : 'Standard'
    tier: privateNetwork ? 'Premium' : 'Standard'
    capacity: privateNetwork ? 1 : null
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
  }
}

// No duplicate detection: Kayse sends a message under the same id again on purpose (a turn of a delivery, the sweep), and its handlers take one twice.
resource queue 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for queueName in queueNames: {
    parent: bus
    name: queueName
    properties: {
      requiresSession: true
      maxDeliveryCount: 10
      lockDuration: 'PT5M'
      deadLetteringOnMessageExpiration: true
      // Longer than the 24 hours for which anything is tried again: what expires was stuck, and shows as a dead letter.
      defaultMessageTimeToLive: 'P7D'
      requiresDuplicateDetection: false
    }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: bus
  name: 'to-log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'OperationalLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = bus.id
output name string = bus.name
output host string = replace(replace(replace(bus.properties.serviceBusEndpoint, 'https://', ''), ':443', ''), '/', '')
