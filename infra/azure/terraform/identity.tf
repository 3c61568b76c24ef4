# The identity of the app: what it may do is in role_assignments.tf.
resource "azurerm_user_assigned_identity" "app" {
  name                = "id-sotto-${var.environment_name}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  tags                = var.tags
}
