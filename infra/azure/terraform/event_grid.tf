# The topic of the events of the data account, with an identity of its own.
resource "azurerm_eventgrid_system_topic" "data" {
  name                = "evgt-sotto-${var.environment_name}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  source_resource_id  = azurerm_storage_account.data.id
  topic_type          = "Microsoft.Storage.StorageAccounts"
  tags                = var.tags

  identity {
    type = "SystemAssigned"
  }
}

# One subscription per drop folder, delivered by identity to a queue: no key of the host is needed.
# There is no dead-letter container: an event names the file. An alert reports events that are given up.
resource "azurerm_eventgrid_system_topic_event_subscription" "dropped" {
  for_each = toset(var.drop_folders)

  name                  = "dropped-${each.key}"
  system_topic          = azurerm_eventgrid_system_topic.data.name
  resource_group_name   = azurerm_resource_group.sotto.name
  event_delivery_schema = "EventGridSchema"
  included_event_types  = ["Microsoft.Storage.BlobCreated"]

  delivery_identity {
    type = "SystemAssigned"
  }

  storage_queue_endpoint {
    storage_account_id = azurerm_storage_account.data.id
    queue_name         = azurerm_storage_queue.work[local.dropped_queue].name
    # Without expiry, as all of Sotto's messages.
    queue_message_time_to_live_in_seconds = -1
  }

  subject_filter {
    subject_begins_with = "/blobServices/default/containers/audio-${each.key}/blobs/"
  }

  retry_policy {
    max_delivery_attempts = 30
    event_time_to_live    = 1440
  }

  # Event Grid delivers from its first attempt on: its role comes first.
  depends_on = [azurerm_role_assignment.send_events]
}
