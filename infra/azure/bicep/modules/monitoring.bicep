metadata description = 'Log Analytics and Application Insights, which accepts lines by identity only.'

@description('Name of the environment.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Region.')
@minLength(3)
param location string

@description('Tags of every resource.')
param tags object

@description('Days that log lines are kept.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('log lines')
resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: 'log-sotto-${environmentName}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

@description('log lines and counts of the host')
resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-sotto-${environmentName}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
    DisableIpMasking: false
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id

@description('Name of Application Insights.')
output applicationInsightsName string = insights.name
