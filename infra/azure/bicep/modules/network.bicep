metadata description = 'The private network: subnets, names, and endpoints of storage and vault.'

@description('Name of the environment.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Region.')
@minLength(3)
param location string

@description('Tags of every resource.')
param tags object

@description('Addresses of the network, from /16 to /23, such as 10.40.0.0/16: the first two /24 of it become subnets.')
@minLength(9)
@maxLength(18)
param addressPrefix string

@description('Resource id of the storage account of the host.')
param hostAccountId string

@description('Resource id of the storage account with the data.')
param dataAccountId string

@description('Resource id of the key vault.')
param vaultId string

// Two subnets of 256 addresses each, the first of the network. The parser of the rules that check
// these templates does not know cidrSubnet().
var octets = split(addressPrefix, '.')
var prefix = '${octets[0]}.${octets[1]}'
var thirdOctet = int(octets[2])

var storageSuffix = environment().suffixes.storage
var zoneNames = [
  'privatelink.blob.${storageSuffix}'
  'privatelink.queue.${storageSuffix}'
  'privatelink.vaultcore.azure.net'
]

// zone: index in zoneNames.
var endpoints = [
  {
    name: 'host-blob'
    target: hostAccountId
    group: 'blob'
    zone: 0
  }
  {
    name: 'host-queue'
    target: hostAccountId
    group: 'queue'
    zone: 1
  }
  {
    name: 'data-blob'
    target: dataAccountId
    group: 'blob'
    zone: 0
  }
  {
    name: 'data-queue'
    target: dataAccountId
    group: 'queue'
    zone: 1
  }
  {
    name: 'vault'
    target: vaultId
    group: 'vault'
    zone: 2
  }
]

// Subnets are part of the network: as resources of their own, a later deployment of the network
// without them would remove them.
@description('subnets app and endpoints')
resource network 'Microsoft.Network/virtualNetworks@2025-07-01' = {
  name: 'vnet-sotto-${environmentName}'
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        addressPrefix
      ]
    }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: '${prefix}.${thirdOctet}.0/24'
          delegations: [
            {
              name: 'functions'
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
          addressPrefix: '${prefix}.${thirdOctet + 1}.0/24'
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }
}

@description('names of private endpoints')
resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for zone in zoneNames: {
  name: zone
  location: 'global'
  tags: tags
}]

@description('names of the zone in the network')
resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (zone, index) in zoneNames: {
  parent: zones[index]
  name: 'vnet-sotto-${environmentName}'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}]

// One after another: the subnet takes one change at a time.
@batchSize(1)
@description('private address')
resource privateEndpoints 'Microsoft.Network/privateEndpoints@2025-07-01' = [for endpoint in endpoints: {
  name: 'pe-sotto-${environmentName}-${endpoint.name}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: '${network.id}/subnets/endpoints'
    }
    privateLinkServiceConnections: [
      {
        name: endpoint.name
        properties: {
          privateLinkServiceId: endpoint.target
          groupIds: [
            endpoint.group
          ]
        }
      }
    ]
  }
}]

@description('the address in its zone')
resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-07-01' = [for (endpoint, index) in endpoints: {
  parent: privateEndpoints[index]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: endpoint.group
        properties: {
          privateDnsZoneId: zones[endpoint.zone].id
        }
      }
    ]
  }
}]

@description('Resource id of the subnet of the app.')
output appSubnetId string = '${network.id}/subnets/app'
