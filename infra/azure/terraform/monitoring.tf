resource "azurerm_log_analytics_workspace" "sotto" {
  name                = "log-sotto-${var.environment_name}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  tags                = var.tags

  sku                             = "PerGB2018"
  retention_in_days               = var.log_retention_days
  local_authentication_enabled    = false
  allow_resource_only_permissions = true
}

# It accepts lines by identity only, so its connection string opens nothing.
resource "azurerm_application_insights" "sotto" {
  name                = "appi-sotto-${var.environment_name}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  workspace_id        = azurerm_log_analytics_workspace.sotto.id
  tags                = var.tags

  application_type             = "web"
  local_authentication_enabled = false
  ip_masking_enabled           = true
}
