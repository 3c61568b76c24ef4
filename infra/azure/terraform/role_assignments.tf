# All that the identities of the app and of Event Grid may do.
locals {
  # https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
  roles = {
    # Storage Blob Data Owner
    blob_owner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
    # Storage Blob Data Contributor
    blob_contributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    # Storage Blob Data Reader
    blob_reader = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
    # Storage Queue Data Contributor
    queue_contributor = "974c5e8b-45b9-4653-ba55-5f855dd0fb88"
    # Storage Queue Data Message Sender
    queue_sender = "c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"
    # Key Vault Secrets User
    secrets_user = "4633458b-17de-408a-b874-0445c86b69e6"
    # Monitoring Metrics Publisher
    metrics_publisher = "3913510d-42f4-4e42-8a64-420c390055eb"
  }
  role_ids = {
    for name, id in local.roles :
    name => "${local.subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}"
  }
}

# The host reads the deployment package and holds its own locks. The account has nothing else.
resource "azurerm_role_assignment" "host_storage" {
  scope              = azurerm_storage_account.host.id
  role_definition_id = local.role_ids.blob_owner
  principal_id       = azurerm_user_assigned_identity.app.principal_id
  principal_type     = "ServicePrincipal"
  description        = "Storage Blob Data Owner: package and locks of the host"
}

# Dropped audio is read and never changed.
resource "azurerm_role_assignment" "read_audio" {
  for_each = azurerm_storage_container.input

  scope              = each.value.id
  role_definition_id = local.role_ids.blob_reader
  principal_id       = azurerm_user_assigned_identity.app.principal_id
  principal_type     = "ServicePrincipal"
  description        = "Storage Blob Data Reader: dropped audio"
}

# Transcripts and job records are written, read and purged.
resource "azurerm_role_assignment" "write_outputs" {
  for_each = azurerm_storage_container.output

  scope              = each.value.id
  role_definition_id = local.role_ids.blob_contributor
  principal_id       = azurerm_user_assigned_identity.app.principal_id
  principal_type     = "ServicePrincipal"
  description        = "Storage Blob Data Contributor: transcripts and job records"
}

# Triggers take messages and lengthen their leases; Sotto sends them.
resource "azurerm_role_assignment" "use_queues" {
  for_each = azurerm_storage_queue.work

  scope              = each.value.id
  role_definition_id = local.role_ids.queue_contributor
  principal_id       = azurerm_user_assigned_identity.app.principal_id
  principal_type     = "ServicePrincipal"
  description        = "Storage Queue Data Contributor: work of the app"
}

# One secret, not the vault.
resource "azurerm_role_assignment" "read_keys" {
  scope              = azapi_resource_action.keys.resource_id
  role_definition_id = local.role_ids.secrets_user
  principal_id       = azurerm_user_assigned_identity.app.principal_id
  principal_type     = "ServicePrincipal"
  description        = "Key Vault Secrets User: keys of clients"
}

# Log lines and counts: Application Insights accepts no key.
resource "azurerm_role_assignment" "publish_metrics" {
  scope              = azurerm_application_insights.sotto.id
  role_definition_id = local.role_ids.metrics_publisher
  principal_id       = azurerm_user_assigned_identity.app.principal_id
  principal_type     = "ServicePrincipal"
  description        = "Monitoring Metrics Publisher: log lines and counts"
}

# Event Grid adds messages to one queue and reads none.
resource "azurerm_role_assignment" "send_events" {
  scope              = azurerm_storage_queue.work[local.dropped_queue].id
  role_definition_id = local.role_ids.queue_sender
  principal_id       = azurerm_eventgrid_system_topic.data.identity[0].principal_id
  principal_type     = "ServicePrincipal"
  description        = "Storage Queue Data Message Sender: events of dropped files"
}
