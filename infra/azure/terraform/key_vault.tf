# The vault with the keys of clients.
resource "azurerm_key_vault" "sotto" {
  # checkov:skip=CKV_AZURE_109: private_networking closes it; without it identities are the fence
  # checkov:skip=CKV_AZURE_189: private_networking closes it; without it identities are the fence
  name                = "kv-sotto-${local.token}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  tenant_id           = data.azurerm_client_config.current.tenant_id
  sku_name            = "standard"
  tags                = var.tags

  rbac_authorization_enabled = true
  purge_protection_enabled   = true
  # The shortest there is: a replaced key is of no use, and the name is free again after it.
  soft_delete_retention_days      = 7
  enabled_for_deployment          = false
  enabled_for_disk_encryption     = false
  enabled_for_template_deployment = false
  public_network_access_enabled   = !var.private_networking

  network_acls {
    default_action = var.private_networking ? "Deny" : "Allow"
    bypass         = "None"
  }
}

# The secret is written by Azure Resource Manager, as in Bicep: azurerm_key_vault_secret goes to the
# vault itself, for which the deploying identity would need a role and, behind the private switch, a
# way. Resource Manager has no deletion of a secret, hence an action: the secret ends with the vault.
resource "azapi_resource_action" "keys" {
  type        = "Microsoft.KeyVault/vaults/secrets@2025-05-01"
  resource_id = "${azurerm_key_vault.sotto.id}/secrets/${local.keys_secret}"
  method      = "PUT"

  body = {
    properties = {
      contentType = "SOTTO_KEYS"
    }
  }

  # Write-only: neither plan nor state has it.
  sensitive_body = {
    properties = {
      value = var.client_keys
    }
  }
  sensitive_body_version = {
    "properties.value" = tostring(var.client_keys_version)
  }

  response_export_values = []
}

# Shows which identity read the keys, and when; a line has no secret.
resource "azurerm_monitor_diagnostic_setting" "audit" {
  name                       = "audit"
  target_resource_id         = azurerm_key_vault.sotto.id
  log_analytics_workspace_id = azurerm_log_analytics_workspace.sotto.id

  enabled_log {
    category = "AuditEvent"
  }
}

locals {
  keys_secret = "sotto-keys"
}
