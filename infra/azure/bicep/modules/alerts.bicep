metadata description = 'Alerts from log lines and metrics, by e-mail.'

@description('Name of the environment.')
@minLength(2)
@maxLength(12)
param environmentName string

@description('Region.')
@minLength(3)
param location string

@description('Tags of every resource.')
param tags object

@description('Addresses that receive the alerts. None: alerts are only shown in the portal.')
@maxLength(10)
param emails array

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Resource id of the storage account with the data.')
param dataAccountId string

@description('Resource id of the Event Grid topic.')
param topicId string

@description('Milliseconds that 95 of 100 requests may take.')
@minValue(1000)
@maxValue(220000)
param latencyMs int = 30000

// Messages in poison queues: Azure counts messages hourly and of the whole account, so the alert
// reads the lines of Sotto and of the host that buries them.
var poisonQuery = '''
AppTraces
| extend event = tostring(parse_json(Message).event)
| where event in ("dead_letter_reported", "dead_letter_not_reported", "dead_letters_not_reported", "malformed_dead_letter", "malformed_message", "message_not_dead_lettered")
    or Message has "MaxDequeueCount"
'''

var failedJobsQuery = '''
AppTraces
| where tostring(parse_json(Message).event) == "job_failed"
'''

// Later than an hour, or not at all.
var purgeQuery = '''
AppTraces
| extend line = parse_json(Message)
| extend event = tostring(line.event)
| where (event == "purged" and tolong(line.late_ms) > 3600000)
    or event in ("not_purged", "job_not_purged", "container_not_purged", "outputs_not_reached")
'''

// Of twenty requests and more: one slow request among few says nothing.
var latencyQuery = '''
AppTraces
| extend line = parse_json(Message)
| where tostring(line.event) == "request"
| summarize p95_ms = percentile(toreal(line.duration_ms), 95), n_requests = count()
| where n_requests >= 20
'''

var storageQuery = '''
AppTraces
| where tostring(parse_json(Message).event) in ("queue_unavailable", "file_not_submitted", "file_not_accepted", "event_not_accepted", "message_not_settled")
'''

var logAlerts = [
  {
    name: 'poison-queues'
    description: 'messages that no try completed, and foreign messages'
    query: poisonQuery
    severity: 1
  }
  {
    name: 'failed-jobs'
    description: 'jobs of which no file has a transcript'
    query: failedJobsQuery
    severity: 2
  }
  {
    name: 'purge-lateness'
    description: 'transcripts that outlive their time by an hour, or cannot be purged'
    query: purgeQuery
    severity: 1
  }
  {
    name: 'storage-errors'
    description: 'files that were not accepted and queues that did not answer'
    query: storageQuery
    severity: 2
  }
]

@description('recipients of alerts')
resource recipients 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(emails)) {
  name: 'ag-sotto-${environmentName}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'sotto'
    emailReceivers: [for (address, index) in emails: {
      name: 'email-${index}'
      emailAddress: address
      useCommonAlertSchema: true
    }]
  }
}

// A line arrives minutes after its time: the window is twice the interval, so that none is missed.
@description('alert')
resource lineAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for alert in logAlerts: {
  name: 'alert-sotto-${environmentName}-${alert.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Sotto ${environmentName}: ${alert.name}'
    description: alert.description
    severity: alert.severity
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    autoMitigate: true
    // The tables of a new workspace come with its first line.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: alert.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: empty(emails) ? [] : [recipients.id]
    }
  }
}]

@description('alert')
resource latencyAlert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-sotto-${environmentName}-latency'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Sotto ${environmentName}: latency'
    description: '95 of 100 requests take longer than they may'
    severity: 3
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: latencyQuery
          metricMeasureColumn: 'p95_ms'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: latencyMs
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: empty(emails) ? [] : [recipients.id]
    }
  }
}

@description('alert')
resource storageAvailability 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-sotto-${environmentName}-storage-availability'
  location: 'global'
  tags: tags
  properties: {
    description: 'requests to the storage account with the data fail'
    severity: 2
    enabled: true
    scopes: [
      dataAccountId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'availability'
          metricNamespace: 'Microsoft.Storage/storageAccounts'
          metricName: 'Availability'
          timeAggregation: 'Average'
          operator: 'LessThan'
          threshold: 99
        }
      ]
    }
    actions: empty(emails) ? [] : [
      {
        actionGroupId: recipients.id
      }
    ]
  }
}

// A file whose event is given up is not transcribed, and no line of Sotto says so.
@description('alert')
resource droppedEvents 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-sotto-${environmentName}-dropped-events'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid gave up events of dropped files'
    severity: 1
    enabled: true
    scopes: [
      topicId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dropped'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DroppedEventCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: empty(emails) ? [] : [
      {
        actionGroupId: recipients.id
      }
    ]
  }
}
