metadata description = 'A storage account with identities only: containers, queues, lifecycle rule.'

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Region.')
@minLength(3)
param location string

@description('Tags of every resource.')
param tags object

@description('Names of the containers.')
@minLength(1)
param containers array

@description('Names of the queues.')
param queues array = []

@description('Beginnings of the names of blobs (container first) that a rule deletes. None: no rule.')
@maxLength(100)
param expiringPrefixes array = []

@description('Days after its last change at which the rule deletes such a blob.')
@minValue(32)
@maxValue(365)
param expiringDays int = 32

@description('Refuse every network but private endpoints.')
param privateNetworking bool

@description('Let services of Azure that present an identity pass the firewall, such as Event Grid.')
param trustedServices bool = false

@description('storage account')
resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  // checkov:skip=CKV_AZURE_35: privateNetworking denies; without it identities are the fence
  // checkov:skip=CKV_AZURE_206: audio and transcripts stay in one place and live for days: no copy in another region
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isLocalUserEnabled: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    // "Disabled" would close the account to trusted services too.
    publicNetworkAccess: privateNetworking && !trustedServices ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: trustedServices ? 'AzureServices' : 'None'
      defaultAction: privateNetworking ? 'Deny' : 'Allow'
    }
  }
}

// Deleted means gone: no version, snapshot or soft-deleted copy outlives a purge.
@description('no versions, no soft-deleted copies')
resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    containerDeleteRetentionPolicy: {
      enabled: false
    }
    deleteRetentionPolicy: {
      enabled: false
    }
    isVersioningEnabled: false
  }
}

@description('container')
resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [for container in containers: {
  parent: blobService
  name: container
  properties: {
    publicAccess: 'None'
  }
}]

@description('queues')
resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

@description('queue')
resource workQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [for queue in queues: {
  parent: queueService
  name: queue
}]

// The second line behind Sotto's own purge. It counts from the last change, because a result is
// written when its file is done, days after the job in a long queue.
@description('deletes outputs that no purge has removed')
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = if (!empty(expiringPrefixes)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      // One for each beginning: a rule takes ten at most.
      rules: [for (prefix, index) in expiringPrefixes: {
        name: 'expired-${index}'
        type: 'Lifecycle'
        enabled: true
        definition: {
          filters: {
            blobTypes: [
              'blockBlob'
            ]
            prefixMatch: [
              prefix
            ]
          }
          actions: {
            baseBlob: {
              delete: {
                daysAfterModificationGreaterThan: expiringDays
              }
            }
          }
        }
      }]
    }
  }
  dependsOn: [
    blobService
  ]
}

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name
