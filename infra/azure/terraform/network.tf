# The private network: subnets, names, and endpoints of storage and vault. Nothing of it without
# private_networking.
locals {
  private = var.private_networking ? 1 : 0

  zones = {
    blob  = "privatelink.blob.core.windows.net"
    queue = "privatelink.queue.core.windows.net"
    vault = "privatelink.vaultcore.azure.net"
  }

  # Name of an endpoint -> its target, and the service of it, which has a zone.
  endpoints = {
    host-blob  = { target = azurerm_storage_account.host.id, service = "blob" }
    host-queue = { target = azurerm_storage_account.host.id, service = "queue" }
    data-blob  = { target = azurerm_storage_account.data.id, service = "blob" }
    data-queue = { target = azurerm_storage_account.data.id, service = "queue" }
    vault      = { target = azurerm_key_vault.sotto.id, service = "vault" }
  }

  # Two subnets of 256 addresses each, the first of the network.
  new_bits = 24 - tonumber(split("/", var.address_prefix)[1])
}

resource "azurerm_virtual_network" "sotto" {
  count = local.private

  name                = "vnet-sotto-${var.environment_name}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  address_space       = [var.address_prefix]
  tags                = var.tags
}

resource "azurerm_subnet" "app" {
  # checkov:skip=CKV2_AZURE_31: nothing in it listens but private endpoints, which roles protect
  count = local.private

  name                 = "app"
  resource_group_name  = azurerm_resource_group.sotto.name
  virtual_network_name = azurerm_virtual_network.sotto[0].name
  address_prefixes     = [cidrsubnet(var.address_prefix, local.new_bits, 0)]

  delegation {
    name = "functions"

    service_delegation {
      name    = "Microsoft.App/environments"
      actions = ["Microsoft.Network/virtualNetworks/subnets/join/action"]
    }
  }
}

resource "azurerm_subnet" "endpoints" {
  # checkov:skip=CKV2_AZURE_31: nothing in it listens but private endpoints, which roles protect
  count = local.private

  name                              = "endpoints"
  resource_group_name               = azurerm_resource_group.sotto.name
  virtual_network_name              = azurerm_virtual_network.sotto[0].name
  address_prefixes                  = [cidrsubnet(var.address_prefix, local.new_bits, 1)]
  private_endpoint_network_policies = "Disabled"
}

resource "azurerm_private_dns_zone" "sotto" {
  for_each = { for service, name in local.zones : service => name if var.private_networking }

  name                = each.value
  resource_group_name = azurerm_resource_group.sotto.name
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "sotto" {
  for_each = azurerm_private_dns_zone.sotto

  name                 = "vnet-sotto-${var.environment_name}"
  private_dns_zone_id  = each.value.id
  virtual_network_id   = azurerm_virtual_network.sotto[0].id
  registration_enabled = false
  tags                 = var.tags
}

resource "azurerm_private_endpoint" "sotto" {
  for_each = { for name, endpoint in local.endpoints : name => endpoint if var.private_networking }

  name                = "pe-sotto-${var.environment_name}-${each.key}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  subnet_id           = azurerm_subnet.endpoints[0].id
  tags                = var.tags

  private_service_connection {
    name                           = each.key
    is_manual_connection           = false
    private_connection_resource_id = each.value.target
    subresource_names              = [each.value.service]
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.sotto[each.value.service].id]
  }
}
