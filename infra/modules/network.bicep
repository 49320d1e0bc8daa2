param suffix string
param location string
param tags object
param storageId string
param vaultId string

@description('Empty when there is none.')
param serviceBusId string

@description('Empty when there is none.')
param schedulerId string

var storageTargets = [
  for part in ['blob', 'queue', 'table']: {
    name: part
    id: storageId
    part: part
    zone: 'privatelink.${part}.${environment().suffixes.storage}'
  }
]
var vaultTarget = {
  name: 'vault'
  id: vaultId
  part: 'vault'
  zone: 'privatelink.vaultcore.azure.net'
}
var serviceBusTarget = {
  name: 'servicebus'
  id: serviceBusId
  part: 'namespace'
  zone: 'privatelink.servicebus.windows.net'
}
var schedulerTarget = {
  name: 'scheduler'
  id: schedulerId
  part: 'scheduler'
  zone: 'privatelink.durabletask.io'
}
var targets = concat(
  storageTargets,
  [vaultTarget],
  empty(serviceBusId) ? [] : [serviceBusTarget],
  empty(schedulerId) ? [] : [schedulerTarget]
)

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: 'vnet-kayse-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: ['10.20.0.0/16']
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: '10.20.0.0/24'
          // Flex Consumption runs its instances in this delegation.
          delegations: [
            {
              name: 'flex-consumption'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: '10.20.1.0/24'
        }
      }
    ]
  }

  resource appSubnet 'subnets' existing = {
    name: 'app'
  }

  resource endpointSubnet 'subnets' existing = {
    name: 'endpoints'
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for target in targets: {
    name: target.zone
    location: 'global'
    tags: tags
  }
]

resource zoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (target, i) in targets: {
    parent: zone[i]
    name: 'kayse'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: {
        id: network.id
      }
    }
  }
]

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = [
  for target in targets: {
    name: 'pe-kayse-${target.name}-${suffix}'
    location: location
    tags: tags
    properties: {
      subnet: {
        id: network::endpointSubnet.id
      }
      privateLinkServiceConnections: [
        {
          name: target.name
          properties: {
            privateLinkServiceId: target.id
            groupIds: [target.part]
          }
        }
      ]
    }
  }
]

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = [
  for (target, i) in targets: {
    parent: endpoint[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: target.name
          properties: {
            privateDnsZoneId: zone[i].id
          }
        }
      ]
    }
  }
]

output appSubnetId string = network::appSubnet.id
