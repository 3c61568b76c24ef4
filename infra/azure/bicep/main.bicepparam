using 'main.bicep'

// An example for azd and az alike: what differs between environments comes from variables of the
// environment. The keys have no default and are in no file.
param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param clientKeys = readEnvironmentVariable('SOTTO_KEYS')
param model = readEnvironmentVariable('SOTTO_MODEL', 'base')

param dropFolders = [
  'calls'
]
param timeToLive = 'P7D'
param privateNetworking = false
param alertEmails = []
param monthlyBudget = 0
