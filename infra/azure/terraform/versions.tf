terraform {
  # Write-only arguments and ephemeral variables: the keys of clients reach neither plan nor state.
  required_version = ">= 1.11, < 2.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 5.10"
    }
    # The function app, and the secret by Azure Resource Manager: see function_app.tf, key_vault.tf.
    azapi = {
      source  = "azure/azapi"
      version = "~> 2.13"
    }
  }
}

# The subscription comes from ARM_SUBSCRIPTION_ID, the identity that deploys from `az login` or from
# the pipeline's workload identity.
provider "azurerm" {
  # Of the storage accounts no key is used, and no request goes to their data: the private switch
  # closes it to the machine that deploys.
  storage_use_azuread = true

  resource_provider_registrations = "none"
  resource_providers_to_register = [
    "Microsoft.App",
    "Microsoft.Consumption",
    "Microsoft.EventGrid",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.OperationalInsights",
    "Microsoft.Storage",
    "Microsoft.Web",
  ]

  features {
    application_insights {
      disable_generated_rule = true
    }

    # The vault has purge protection: it is deleted softly, and recovered with the next deployment.
    key_vault {
      purge_soft_delete_on_destroy    = false
      recover_soft_deleted_key_vaults = true
    }

    storage {
      data_plane_available = false
    }
  }
}

provider "azapi" {}
