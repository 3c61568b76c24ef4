output "endpoint" {
  description = "Address of the service."
  value       = "https://${azapi_resource.app.output.properties.defaultHostName}"
}

output "function_app_name" {
  description = "Name of the function app."
  value       = azapi_resource.app.name
}

output "resource_group_name" {
  description = "Name of the resource group."
  value       = azurerm_resource_group.sotto.name
}

output "storage_account_name" {
  description = "Name of the storage account with the data."
  value       = azurerm_storage_account.data.name
}

output "input_containers" {
  description = "Containers that audio is dropped into, in the order of the drop folders."
  value       = local.inputs
}

output "output_containers" {
  description = "Containers of transcripts, in the order of the drop folders."
  value       = local.outputs
}

output "key_vault_name" {
  description = "Name of the key vault."
  value       = azurerm_key_vault.sotto.name
}

output "application_insights_name" {
  description = "Name of Application Insights."
  value       = azurerm_application_insights.sotto.name
}

output "identity_client_id" {
  description = "Client id of the identity of the app."
  value       = azurerm_user_assigned_identity.app.client_id
}
