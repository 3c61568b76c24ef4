metadata description = 'Sotto on Azure Functions: every resource of it, by identity only.'

targetScope = 'subscription'

@description('Name of the environment, part of the name of every resource: lower-case letters and digits, a letter first.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Region, one that has Flex Consumption.')
@minLength(3)
@maxLength(40)
param location string

@description('Keys that clients present, by commas. They go into the key vault.')
@secure()
@minLength(16)
param clientKeys string

@description('Names of the drop folders: lower-case letters, digits and hyphens. Each has a container of audio and one of transcripts.')
@minLength(1)
@maxLength(20)
param dropFolders array = [
  'calls'
]

@description('Time to live of transcripts of dropped files, an ISO 8601 duration up to P31D.')
@minLength(3)
@maxLength(20)
param timeToLive string = 'P7D'

@description('Seconds between two purges of expired transcripts, rounded down to whole minutes or hours.')
@minValue(60)
@maxValue(86400)
param purgeEverySeconds int = 300

@description('Whisper model in the package, a name of `sotto models list`.')
@minLength(1)
@maxLength(100)
param model string = 'base'

@description('Memory of an instance in MB; it also sets the share of a processor (about one core, about two).')
@allowed([
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Most instances of one group of functions; of `work` it is the number of files at once. Some regions refuse fewer than 40.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Requests that an instance serves at once before Azure adds another one.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 4

@description('Instances that are kept, and billed, for requests; 0: the first request after a pause waits for a start.')
@minValue(0)
@maxValue(100)
param alwaysReady int = 0

@description('Put storage and vault behind private endpoints of a virtual network, and the app into it.')
param privateNetworking bool = false

@description('Addresses of that network, from /16 to /23.')
@minLength(9)
@maxLength(18)
param addressPrefix string = '10.40.0.0/16'

@description('E-mail addresses that receive alerts and budget notifications.')
@maxLength(10)
param alertEmails array = []

@description('Costs in a month, in the currency of the subscription, that notifications are sent for; 0: no budget.')
@minValue(0)
@maxValue(1000000)
param monthlyBudget int = 0

@description('First day of the month that the budget begins with. Azure refuses to change it: keep the first one.')
@minLength(10)
@maxLength(10)
param budgetStartDate string = utcNow('yyyy-MM-01')

@description('Days that log lines are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Days after which storage deletes transcripts and jobs that no purge has removed.')
@minValue(32)
@maxValue(365)
param outputLifetimeDays int = 32

@description('Issuers of access tokens that callers may present instead of a key, by commas.')
@maxLength(2000)
param oidcIssuer string = ''

@description('Audiences, one of which a token must name, by commas. Needed with an issuer.')
@maxLength(2000)
param oidcAudience string = ''

@description('Address of the signing keys of the issuer; empty: its discovery document names it.')
@maxLength(2000)
param oidcJwks string = ''

@description('Roles or scopes, one of which a token must have, by commas; empty: every token for the audience.')
@maxLength(2000)
param oidcRoles string = ''

@description('Private networks, such as 10.1.0.0/16, that addresses given by clients may reach.')
@maxLength(50)
param allowedNetworks array = []

@description('Further settings of Sotto by name, all text, no secrets. Of those that the template sets they replace SOTTO_QUEUE_LIMIT and SOTTO_MAX_UPLOAD_BYTES only.')
param settings object = {}

@description('Tags of every resource.')
param tags object = {}

var token = take(uniqueString(subscription().id, environmentName, location), 8)
// azd finds the resource group by this tag.
var allTags = union(tags, {
  'azd-env-name': environmentName
})

var deploymentContainer = 'deployment'
var jobsContainer = 'jobs'
var workQueue = 'work'
var droppedQueue = '${workQueue}-dropped'
// A poison queue belongs to each queue that a function reads.
var queues = [
  workQueue
  '${workQueue}-notices'
  '${workQueue}-poison'
  '${workQueue}-notices-poison'
  '${workQueue}-poison-poison'
  droppedQueue
  '${droppedQueue}-poison'
]
var inputs = [for folder in dropFolders: 'audio-${folder}']
var outputs = [for folder in dropFolders: 'transcripts-${folder}']
var outputPrefixes = [for folder in dropFolders: 'transcripts-${folder}/']
var watched = [for folder in dropFolders: '${folder}=azure:audio-${folder}>azure:transcripts-${folder}']
var storageSuffix = environment().suffixes.storage

@description('everything below')
resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-sotto-${environmentName}'
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  name: 'sotto-identity'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
  }
}

module hostStorage 'modules/storage.bicep' = {
  name: 'sotto-host-storage'
  scope: group
  params: {
    name: 'stsottohost${token}'
    location: location
    tags: allTags
    containers: [
      deploymentContainer
    ]
    privateNetworking: privateNetworking
  }
}

module dataStorage 'modules/storage.bicep' = {
  name: 'sotto-data-storage'
  scope: group
  params: {
    name: 'stsottodata${token}'
    location: location
    tags: allTags
    containers: concat(inputs, outputs, [
      jobsContainer
    ])
    queues: queues
    // Of the container of jobs only jobs/: web hooks and tombstones beside them have no such end.
    expiringPrefixes: concat(outputPrefixes, [
      '${jobsContainer}/jobs/'
    ])
    expiringDays: outputLifetimeDays
    privateNetworking: privateNetworking
    trustedServices: true
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'sotto-monitoring'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    retentionDays: logRetentionDays
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'sotto-key-vault'
  scope: group
  params: {
    token: token
    location: location
    tags: allTags
    clientKeys: clientKeys
    privateNetworking: privateNetworking
    workspaceId: monitoring.outputs.workspaceId
  }
}

module eventGrid 'modules/event-grid.bicep' = {
  name: 'sotto-event-grid'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    storageAccountId: dataStorage.outputs.id
  }
}

module roleAssignments 'modules/role-assignments.bicep' = {
  name: 'sotto-role-assignments'
  scope: group
  params: {
    appPrincipalId: identity.outputs.principalId
    topicPrincipalId: eventGrid.outputs.principalId
    hostAccountName: hostStorage.outputs.name
    dataAccountName: dataStorage.outputs.name
    readContainers: inputs
    writeContainers: concat(outputs, [
      jobsContainer
    ])
    queues: queues
    droppedQueue: droppedQueue
    vaultName: keyVault.outputs.name
    keysName: keyVault.outputs.keysName
    applicationInsightsName: monitoring.outputs.applicationInsightsName
  }
}

// Event Grid delivers from its first attempt on: its role comes first.
module eventSubscriptions 'modules/event-subscriptions.bicep' = {
  name: 'sotto-event-subscriptions'
  scope: group
  params: {
    topicName: eventGrid.outputs.name
    storageAccountId: dataStorage.outputs.id
    queueName: droppedQueue
    dropFolders: dropFolders
  }
  dependsOn: [
    roleAssignments
  ]
}

module network 'modules/network.bicep' = if (privateNetworking) {
  name: 'sotto-network'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    addressPrefix: addressPrefix
    hostAccountId: hostStorage.outputs.id
    dataAccountId: dataStorage.outputs.id
    vaultId: keyVault.outputs.id
  }
}

// The app reads its package and its keys when it starts: its roles come first.
module functionApp 'modules/function-app.bicep' = {
  name: 'sotto-function-app'
  scope: group
  params: {
    environmentName: environmentName
    token: token
    location: location
    tags: allTags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostAccountName: hostStorage.outputs.name
    deploymentContainer: deploymentContainer
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    subnetId: privateNetworking ? network!.outputs.appSubnetId : ''
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    alwaysReady: alwaysReady
    settings: {
      SOTTO_KEYS: '@Microsoft.KeyVault(VaultName=${keyVault.outputs.name};SecretName=${keyVault.outputs.keysName})'
      SOTTO_MODEL: model
      SOTTO_MODEL_FOLDER: '/home/site/wwwroot/.models'
      SOTTO_JOBS: 'azure:${jobsContainer}'
      SOTTO_QUEUE: 'azure:${workQueue}'
      SOTTO_DROP_FOLDERS: join(watched, ',')
      // Event Grid writes into the queue `<queue>-dropped`: no key of the host is needed.
      SOTTO_BLOB_TRIGGER: 'queue'
      SOTTO_TIME_TO_LIVE: timeToLive
      SOTTO_PURGE_EVERY_S: string(purgeEverySeconds)
      SOTTO_STORAGE__blobServiceUri: 'https://${dataStorage.outputs.name}.blob.${storageSuffix}'
      SOTTO_STORAGE__queueServiceUri: 'https://${dataStorage.outputs.name}.queue.${storageSuffix}'
      SOTTO_STORAGE__credential: 'managedidentity'
      SOTTO_STORAGE__clientId: identity.outputs.clientId
      SOTTO_OIDC_ISSUER: oidcIssuer
      SOTTO_OIDC_AUDIENCE: oidcAudience
      SOTTO_OIDC_JWKS: oidcJwks
      SOTTO_OIDC_ROLES: oidcRoles
      SOTTO_ALLOWED_NETWORKS: join(allowedNetworks, ',')
    }
    furtherSettings: settings
  }
  dependsOn: [
    roleAssignments
  ]
}

module alerts 'modules/alerts.bicep' = {
  name: 'sotto-alerts'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    emails: alertEmails
    workspaceId: monitoring.outputs.workspaceId
    dataAccountId: dataStorage.outputs.id
    topicId: eventGrid.outputs.id
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0) {
  name: 'sotto-budget'
  scope: group
  params: {
    environmentName: environmentName
    amount: max(monthlyBudget, 1)
    startDate: budgetStartDate
    emails: alertEmails
  }
}

@description('Address of the service.')
output endpoint string = functionApp.outputs.endpoint

@description('Name of the function app.')
output functionAppName string = functionApp.outputs.name

@description('Name of the resource group.')
output resourceGroupName string = group.name

@description('Name of the storage account with the data.')
output storageAccountName string = dataStorage.outputs.name

@description('Containers that audio is dropped into, in the order of the drop folders.')
output inputContainers array = inputs

@description('Containers of transcripts, in the order of the drop folders.')
output outputContainers array = outputs

@description('Name of the key vault.')
output keyVaultName string = keyVault.outputs.name

@description('Name of Application Insights.')
output applicationInsightsName string = monitoring.outputs.applicationInsightsName

@description('Client id of the identity of the app.')
output identityClientId string = identity.outputs.clientId
