metadata description = 'The topic of the events of the data account, with an identity of its own.'

@description('Name of the environment.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Region.')
@minLength(3)
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the storage account whose events the topic carries.')
param storageAccountId string

@description('events of the data account, with an identity of its own')
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-sotto-${environmentName}'
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: storageAccountId
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

@description('Resource id of the topic.')
output id string = topic.id

@description('Name of the topic.')
output name string = topic.name

@description('Object id of its identity, which a role assignment names.')
output principalId string = topic.identity.principalId
