metadata description = 'The plan and the function app, with its settings.'

@description('Name of the environment.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Token that makes the name of the app unique.')
@minLength(8)
@maxLength(8)
param token string

@description('Region.')
@minLength(3)
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the identity.')
param identityId string

@description('Client id of the identity.')
@minLength(36)
@maxLength(36)
param identityClientId string

@description('Name of the storage account of the host.')
@minLength(3)
@maxLength(24)
param hostAccountName string

@description('Container of the deployment package in that account.')
@minLength(3)
@maxLength(63)
param deploymentContainer string

@description('Name of Application Insights.')
@minLength(1)
@maxLength(255)
param applicationInsightsName string

@description('Resource id of the subnet of the app; empty: no private network.')
param subnetId string

@description('Memory of an instance in MB.')
@allowed([
  2048
  4096
])
param instanceMemoryMB int

@description('Most instances of one group of functions.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('Requests that an instance serves at once.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int

@description('Instances that are kept for requests.')
@minValue(0)
@maxValue(100)
param alwaysReady int

@description('Settings of Sotto, over those of `furtherSettings`.')
param settings object

@description('Further settings of Sotto, over the tuned defaults of this file.')
param furtherSettings object

// azd finds the app by this tag.
var appTags = union(tags, {
  'azd-service-name': 'speech'
})

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostAccountName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

@description('Flex Consumption (FC1)')
resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  // checkov:skip=CKV_AZURE_225: Flex Consumption has it in some regions only, for twice the instances
  name: 'plan-sotto-${environmentName}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

@description('the service and its functions')
resource app 'Microsoft.Web/sites@2024-11-01' = {
  // checkov:skip=CKV_AZURE_222: clients reach the service from the internet, with TLS and a key or a token
  // checkov:skip=CKV_AZURE_17: clients present keys or tokens, as the contracts say
  // checkov:skip=CKV_AZURE_212: alwaysReady says how many instances are kept
  // checkov:skip=CKV_AZURE_78: Flex Consumption has no FTP, and refuses the property ftpsState
  // checkov:skip=CKV_AZURE_213: Flex Consumption has no health check of App Service
  name: 'func-sotto-${environmentName}-${token}'
  location: location
  tags: appTags
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
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    // Flex Consumption refuses most properties of a site here (error 51021), ftpsState among them.
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostAccount.properties.primaryEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'python'
        version: '3.13'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady == 0 ? [] : [
          {
            name: 'http'
            instanceCount: alwaysReady
          }
        ]
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
    }
  }
}

// Passwords of publishing are off: deployments present an identity.
@description('no passwords for FTP')
resource ftpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

@description('no passwords for deployments')
resource scmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

@description('settings')
resource appSettings 'Microsoft.Web/sites/config@2024-11-01' = {
  // checkov:skip=CKV_AZURE_13: the rule is about the configuration web, these are app settings
  // checkov:skip=CKV_AZURE_63: the rule is about the configuration web, these are app settings
  // checkov:skip=CKV_AZURE_65: the rule is about the configuration web, these are app settings
  // checkov:skip=CKV_AZURE_66: the rule is about the configuration web, these are app settings
  // checkov:skip=CKV_AZURE_80: the rule is about the configuration web, these are app settings
  // checkov:skip=CKV_AZURE_88: the rule is about the configuration web, these are app settings
  // checkov:skip=CKV_AZURE_222: the rule is about the configuration web, these are app settings
  parent: app
  name: 'appsettings'
  properties: union({
    // Uploads of a request and the host's own limit for it: docs/azure-functions.md, "Limits".
    SOTTO_MAX_UPLOAD_BYTES: '100000000'
    SOTTO_QUEUE_LIMIT: '8'
  }, furtherSettings, settings, {
    SOTTO_PUBLIC_URL: 'https://${app.properties.defaultHostName}'
    AZURE_CLIENT_ID: identityClientId
    AzureWebJobsStorage__accountName: hostAccountName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    AzureWebJobsDisableHomepage: 'true'
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '220200960'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  })
}

@description('Name of the app.')
output name string = app.name

@description('Address of the service.')
output endpoint string = 'https://${app.properties.defaultHostName}'
