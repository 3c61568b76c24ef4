# azapi, since azurerm_function_app_flex_consumption has no argument for the identity of key vault
# references (hashicorp/terraform-provider-azurerm#28928), and adds an empty AzureWebJobsStorage to the
# settings, by which the host finds no storage (hashicorp/terraform-provider-azurerm#29693).
locals {
  app_name  = "func-sotto-${var.environment_name}-${local.token}"
  host_name = "${local.app_name}.azurewebsites.net"
  client_id = azurerm_user_assigned_identity.app.client_id

  app_settings = merge(
    {
      # Uploads of a request and the host's own limit for it: docs/azure-functions.md, "Limits".
      SOTTO_MAX_UPLOAD_BYTES = "100000000"
      SOTTO_QUEUE_LIMIT      = "8"
    },
    var.settings,
    {
      SOTTO_KEYS         = "@Microsoft.KeyVault(VaultName=${azurerm_key_vault.sotto.name};SecretName=${local.keys_secret})"
      SOTTO_MODEL        = var.model
      SOTTO_MODEL_FOLDER = "/home/site/wwwroot/.models"
      SOTTO_JOBS         = "azure:${local.jobs_container}"
      SOTTO_QUEUE        = "azure:${local.work_queue}"
      SOTTO_DROP_FOLDERS = join(",", local.watched)
      # Event Grid writes into the queue `<queue>-dropped`: no key of the host is needed.
      SOTTO_BLOB_TRIGGER             = "queue"
      SOTTO_TIME_TO_LIVE             = var.time_to_live
      SOTTO_PURGE_EVERY_S            = tostring(var.purge_every_seconds)
      SOTTO_PUBLIC_URL               = "https://${local.host_name}"
      SOTTO_STORAGE__blobServiceUri  = "https://${azurerm_storage_account.data.name}.blob.core.windows.net"
      SOTTO_STORAGE__queueServiceUri = "https://${azurerm_storage_account.data.name}.queue.core.windows.net"
      SOTTO_STORAGE__credential      = "managedidentity"
      SOTTO_STORAGE__clientId        = local.client_id
      SOTTO_OIDC_ISSUER              = var.oidc_issuer
      SOTTO_OIDC_AUDIENCE            = var.oidc_audience
      SOTTO_OIDC_JWKS                = var.oidc_jwks
      SOTTO_OIDC_ROLES               = var.oidc_roles
      SOTTO_ALLOWED_NETWORKS         = join(",", var.allowed_networks)

      AZURE_CLIENT_ID                           = local.client_id
      AzureWebJobsStorage__accountName          = azurerm_storage_account.host.name
      AzureWebJobsStorage__credential           = "managedidentity"
      AzureWebJobsStorage__clientId             = local.client_id
      AzureWebJobsDisableHomepage               = "true"
      FUNCTIONS_REQUEST_BODY_SIZE_LIMIT         = "220200960"
      APPLICATIONINSIGHTS_CONNECTION_STRING     = azurerm_application_insights.sotto.connection_string
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING = "ClientId=${local.client_id};Authorization=AAD"
    },
  )
}

resource "azurerm_service_plan" "sotto" {
  # checkov:skip=CKV_AZURE_225: Flex Consumption has it in some regions only, for twice the instances
  # checkov:skip=CKV_AZURE_212: always_ready says how many instances are kept
  name                = "plan-sotto-${var.environment_name}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  os_type             = "Linux"
  sku_name            = "FC1"
  tags                = var.tags
}

resource "azapi_resource" "app" {
  type      = "Microsoft.Web/sites@2024-11-01"
  name      = local.app_name
  parent_id = azurerm_resource_group.sotto.id
  location  = azurerm_resource_group.sotto.location
  tags      = var.tags

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.app.id]
  }

  body = {
    kind = "functionapp,linux"
    properties = {
      serverFarmId              = azurerm_service_plan.sotto.id
      httpsOnly                 = true
      publicNetworkAccess       = "Enabled"
      keyVaultReferenceIdentity = azurerm_user_assigned_identity.app.id
      virtualNetworkSubnetId    = one(azurerm_subnet.app[*].id)
      # Flex Consumption refuses most properties of a site here (error 51021), ftpsState among them.
      siteConfig = {
        minTlsVersion    = "1.2"
        scmMinTlsVersion = "1.2"
        http20Enabled    = true
        appSettings      = [for name, value in local.app_settings : { name = name, value = value }]
      }
      functionAppConfig = {
        deployment = {
          storage = {
            type  = "blobContainer"
            value = "https://${azurerm_storage_account.host.name}.blob.core.windows.net/${azurerm_storage_container.deployment.name}"
            authentication = {
              type                           = "UserAssignedIdentity"
              userAssignedIdentityResourceId = azurerm_user_assigned_identity.app.id
            }
          }
        }
        runtime = {
          name    = "python"
          version = "3.13"
        }
        scaleAndConcurrency = {
          instanceMemoryMB     = var.instance_memory_mb
          maximumInstanceCount = var.maximum_instance_count
          alwaysReady          = [for count in [var.always_ready] : { name = "http", instanceCount = count } if count > 0]
          triggers = {
            http = {
              perInstanceConcurrency = var.http_concurrency
            }
          }
        }
      }
    }
  }

  response_export_values = ["properties.defaultHostName"]
  # Azure answers with ids in letters of its own: `serverfarms`.
  ignore_casing = true

  lifecycle {
    postcondition {
      condition     = self.output.properties.defaultHostName == local.host_name
      error_message = "The app answers under another name than ${local.host_name}, which SOTTO_PUBLIC_URL has."
    }
  }

  # The app reads its package and its keys when it starts: its roles come first.
  depends_on = [
    azurerm_role_assignment.host_storage,
    azurerm_role_assignment.read_audio,
    azurerm_role_assignment.write_outputs,
    azurerm_role_assignment.use_queues,
    azurerm_role_assignment.read_keys,
    azurerm_role_assignment.publish_metrics,
    azurerm_private_endpoint.sotto,
    azurerm_private_dns_zone_virtual_network_link.sotto,
  ]
}

# Passwords of publishing are off: deployments present an identity.
resource "azapi_update_resource" "publishing_passwords" {
  for_each = toset(["ftp", "scm"])

  type      = "Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01"
  name      = each.key
  parent_id = azapi_resource.app.id

  body = {
    properties = {
      allow = false
    }
  }

  response_export_values = []
}
