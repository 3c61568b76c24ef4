metadata description = 'The identity of the app: what it may do is in role-assignments.bicep.'

@description('Name of the environment.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Region.')
@minLength(3)
param location string

@description('Tags of every resource.')
param tags object

@description('identity of the app')
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-sotto-${environmentName}'
  location: location
  tags: tags
}

@description('Resource id of the identity.')
output id string = identity.id

@description('Client id, which an app setting names.')
output clientId string = identity.properties.clientId

@description('Object id, which role assignments name.')
output principalId string = identity.properties.principalId
