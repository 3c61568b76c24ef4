metadata description = 'The vault with the keys of clients.'

@description('Token that makes the name unique.')
@minLength(8)
@maxLength(8)
param token string

@description('Region.')
@minLength(3)
param location string

@description('Tags of every resource.')
param tags object

@description('Keys of clients, by commas: the value of SOTTO_KEYS.')
@secure()
param clientKeys string

@description('Refuse every network but private endpoints.')
param privateNetworking bool

@description('Resource id of the Log Analytics workspace, which receives reads of the keys.')
param workspaceId string

var keysName = 'sotto-keys'

@description('keys of clients')
resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  // checkov:skip=CKV_AZURE_109: privateNetworking closes it; the rule reads no expressions
  // checkov:skip=CKV_AZURE_189: privateNetworking closes it; the rule reads no expressions
  name: 'kv-sotto-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    enableSoftDelete: true
    // The shortest there is: a replaced key is of no use, and the name is free again after it.
    softDeleteRetentionInDays: 7
    enabledForDeployment: false
    enabledForDiskEncryption: false
    enabledForTemplateDeployment: false
    publicNetworkAccess: privateNetworking ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateNetworking ? 'Deny' : 'Allow'
    }
  }
}

@description('value of SOTTO_KEYS')
resource keys 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  // checkov:skip=CKV_AZURE_41: keys that expire would stop the service; they are rotated by a deployment
  parent: vault
  name: keysName
  properties: {
    contentType: 'SOTTO_KEYS'
    value: clientKeys
  }
}

// Shows which identity read the keys, and when; a line has no secret. Azure has no other version
// of this type that knows the workspace.
@description('reads of the keys, as log lines')
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the vault.')
output id string = vault.id

@description('Name of the vault.')
output name string = vault.name

@description('Name of the secret that holds them.')
output keysName string = keysName
