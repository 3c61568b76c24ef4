metadata description = 'All that the identities of the app and of Event Grid may do.'

@description('Object id of the identity of the app.')
@minLength(36)
@maxLength(36)
param appPrincipalId string

@description('Object id of the identity of the Event Grid topic.')
@minLength(36)
@maxLength(36)
param topicPrincipalId string

@description('Name of the storage account of the host.')
@minLength(3)
@maxLength(24)
param hostAccountName string

@description('Name of the storage account with the data.')
@minLength(3)
@maxLength(24)
param dataAccountName string

@description('Containers that the app reads.')
@minLength(1)
param readContainers array

@description('Containers that the app reads and writes.')
@minLength(1)
param writeContainers array

@description('Queues of the app.')
@minLength(1)
param queues array

@description('Queue that Event Grid writes into.')
@minLength(3)
@maxLength(63)
param droppedQueue string

@description('Name of the key vault.')
@minLength(3)
@maxLength(24)
param vaultName string

@description('Name of the secret with the keys of clients.')
@minLength(1)
@maxLength(127)
param keysName string

@description('Name of Application Insights.')
@minLength(1)
@maxLength(255)
param applicationInsightsName string

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  // Storage Blob Data Owner
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  // Storage Blob Data Contributor
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  // Storage Blob Data Reader
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  // Storage Queue Data Contributor
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  // Storage Queue Data Message Sender
  queueSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  // Key Vault Secrets User
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  // Monitoring Metrics Publisher
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}
var definitions = 'Microsoft.Authorization/roleDefinitions'

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostAccountName
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: dataAccountName
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' existing = {
  parent: dataAccount
  name: 'default'
}

resource readable 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = [for container in readContainers: {
  parent: blobService
  name: container
}]

resource writable 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = [for container in writeContainers: {
  parent: blobService
  name: container
}]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' existing = {
  parent: dataAccount
  name: 'default'
}

resource appQueues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' existing = [for queue in queues: {
  parent: queueService
  name: queue
}]

resource eventQueue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' existing = {
  parent: queueService
  name: droppedQueue
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource keys 'Microsoft.KeyVault/vaults/secrets@2025-05-01' existing = {
  parent: vault
  name: keysName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

// The host reads the deployment package and holds its own locks. The account has nothing else.
resource hostStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostAccount
  name: guid(hostAccount.id, appPrincipalId, roles.blobOwner)
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.blobOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Storage Blob Data Owner: package and locks of the host'
  }
}

// Dropped audio is read and never changed.
resource readAudio 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (container, index) in readContainers: {
  scope: readable[index]
  name: guid(readable[index].id, appPrincipalId, roles.blobReader)
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.blobReader)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Storage Blob Data Reader: dropped audio'
  }
}]

// Transcripts and job records are written, read and purged.
resource writeOutputs 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (container, index) in writeContainers: {
  scope: writable[index]
  name: guid(writable[index].id, appPrincipalId, roles.blobContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.blobContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Storage Blob Data Contributor: transcripts and job records'
  }
}]

// Triggers take messages and lengthen their leases; Sotto sends them.
resource useQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (queue, index) in queues: {
  scope: appQueues[index]
  name: guid(appQueues[index].id, appPrincipalId, roles.queueContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.queueContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Storage Queue Data Contributor: work of the app'
  }
}]

// One secret, not the vault.
resource readKeys 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: keys
  name: guid(keys.id, appPrincipalId, roles.secretsUser)
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.secretsUser)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Key Vault Secrets User: keys of clients'
  }
}

// Log lines and counts: Application Insights accepts no key.
resource publishMetrics 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, appPrincipalId, roles.metricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.metricsPublisher)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Monitoring Metrics Publisher: log lines and counts'
  }
}

// Event Grid adds messages to one queue and reads none.
resource sendEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: eventQueue
  name: guid(eventQueue.id, topicPrincipalId, roles.queueSender)
  properties: {
    roleDefinitionId: subscriptionResourceId(definitions, roles.queueSender)
    principalId: topicPrincipalId
    principalType: 'ServicePrincipal'
    description: 'Storage Queue Data Message Sender: events of dropped files'
  }
}
