# The account of the Functions host: the deployment package and the host's own locks.
resource "azurerm_storage_account" "host" {
  # checkov:skip=CKV_AZURE_59: private_networking closes it; without it identities are the fence
  # checkov:skip=CKV_AZURE_206: a deployment writes the package again: no copy in another region
  # checkov:skip=CKV2_AZURE_38: a deployment writes the package again: no deleted copy is kept
  # checkov:skip=CKV_AZURE_35: private_networking denies; without it identities are the fence
  # checkov:skip=CKV_AZURE_33: a line of the queue log names files; a metric alert reports failures
  # checkov:skip=CKV2_AZURE_1: keys of Microsoft encrypt it: the data lives for days, and the identity is the fence
  name                = "stsottohost${local.token}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  tags                = var.tags

  account_kind             = "StorageV2"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  access_tier              = "Hot"

  shared_access_key_enabled        = false
  default_to_oauth_authentication  = true
  local_user_enabled               = false
  allow_nested_items_to_be_public  = false
  cross_tenant_replication_enabled = false
  https_traffic_only_enabled       = true
  min_tls_version                  = "TLS1_2"
  public_network_access_enabled    = !var.private_networking

  blob_properties {
    versioning_enabled = false
  }

  network_rules {
    default_action = var.private_networking ? "Deny" : "Allow"
    bypass         = ["None"]
  }
}

resource "azurerm_storage_container" "deployment" {
  # checkov:skip=CKV2_AZURE_21: a line of the log names files; Sotto logs without names
  name                  = local.deployment_container
  storage_account_id    = azurerm_storage_account.host.id
  container_access_type = "private"
}

# The account of the data. Deleted means gone: no version, snapshot or soft-deleted copy outlives a
# purge, so there is no retention policy of blobs or containers.
resource "azurerm_storage_account" "data" {
  # checkov:skip=CKV_AZURE_59: public access is off by network rules, which let Event Grid deliver
  # checkov:skip=CKV_AZURE_206: audio and transcripts stay in one place and live for days: no copy in another region
  # checkov:skip=CKV2_AZURE_38: deleted means gone: a soft-deleted transcript outlives its time to live
  # checkov:skip=CKV_AZURE_35: private_networking denies; without it identities are the fence
  # checkov:skip=CKV_AZURE_33: a line of the queue log names files; a metric alert reports failures
  # checkov:skip=CKV2_AZURE_1: keys of Microsoft encrypt it: the data lives for days, and the identity is the fence
  name                = "stsottodata${local.token}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  tags                = var.tags

  account_kind             = "StorageV2"
  account_tier             = "Standard"
  account_replication_type = "LRS"
  access_tier              = "Hot"

  shared_access_key_enabled        = false
  default_to_oauth_authentication  = true
  local_user_enabled               = false
  allow_nested_items_to_be_public  = false
  cross_tenant_replication_enabled = false
  https_traffic_only_enabled       = true
  min_tls_version                  = "TLS1_2"
  # Without public access Event Grid, a trusted service, would be refused, too.
  public_network_access_enabled = true

  blob_properties {
    versioning_enabled = false
  }

  network_rules {
    default_action = var.private_networking ? "Deny" : "Allow"
    bypass         = ["AzureServices"]
  }
}

resource "azurerm_storage_container" "input" {
  # checkov:skip=CKV2_AZURE_21: a line of the log names files; Sotto logs without names
  for_each = toset(local.inputs)

  name                  = each.key
  storage_account_id    = azurerm_storage_account.data.id
  container_access_type = "private"
}

resource "azurerm_storage_container" "output" {
  # checkov:skip=CKV2_AZURE_21: a line of the log names files; Sotto logs without names
  for_each = toset(concat(local.outputs, [local.jobs_container]))

  name                  = each.key
  storage_account_id    = azurerm_storage_account.data.id
  container_access_type = "private"
}

resource "azurerm_storage_queue" "work" {
  for_each = toset(local.queues)

  name               = each.key
  storage_account_id = azurerm_storage_account.data.id
}

# The second line behind Sotto's own purge. It counts from the last change, because a result is
# written when its file is done, days after the job in a long queue.
resource "azurerm_storage_management_policy" "expired" {
  storage_account_id = azurerm_storage_account.data.id

  # One rule for each beginning: a rule takes ten at most.
  dynamic "rule" {
    for_each = local.expiring_prefixes

    content {
      name    = "expired-${rule.key}"
      enabled = true

      filters {
        blob_types   = ["blockBlob"]
        prefix_match = [rule.value]
      }

      actions {
        base_blob {
          delete_after_days_since_modification_greater_than = var.output_lifetime_days
        }
      }
    }
  }
}
