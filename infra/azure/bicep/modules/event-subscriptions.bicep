metadata description = 'One event subscription per drop folder, delivered by identity to a queue.'

@description('Name of the topic.')
@minLength(3)
param topicName string

@description('Resource id of the storage account with the queue.')
param storageAccountId string

@description('Name of the queue that receives the events.')
@minLength(3)
@maxLength(63)
param queueName string

@description('Names of the drop folders.')
@minLength(1)
param dropFolders array

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

// No dead-letter container: an event names the file. An alert reports events that are given up.
@batchSize(1)
@description('events of new files, delivered by identity to the queue work-dropped')
resource dropped 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = [for folder in dropFolders: {
  parent: topic
  name: 'dropped-${folder}'
  properties: {
    deliveryWithResourceIdentity: {
      identity: {
        type: 'SystemAssigned'
      }
      destination: {
        endpointType: 'StorageQueue'
        properties: {
          resourceId: storageAccountId
          queueName: queueName
          // Without expiry, as all of Sotto's messages.
          queueMessageTimeToLiveInSeconds: -1
        }
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Storage.BlobCreated'
      ]
      subjectBeginsWith: '/blobServices/default/containers/audio-${folder}/blobs/'
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
  }
}]
