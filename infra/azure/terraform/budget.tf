# A monthly budget of the resource group, with notifications; with no address, to the owners of the
# subscription.
locals {
  budget_roles  = length(var.alert_emails) == 0 ? ["Owner"] : []
  budget_starts = coalesce(var.budget_start_date, formatdate("YYYY-MM-01", plantimestamp()))
}

resource "azurerm_consumption_budget_resource_group" "sotto" {
  count = var.monthly_budget > 0 ? 1 : 0

  name              = "budget-sotto-${var.environment_name}"
  resource_group_id = azurerm_resource_group.sotto.id
  amount            = var.monthly_budget
  time_grain        = "Monthly"

  time_period {
    start_date = "${local.budget_starts}T00:00:00Z"
  }

  notification {
    enabled        = true
    operator       = "GreaterThanOrEqualTo"
    threshold      = 80
    threshold_type = "Actual"
    contact_emails = var.alert_emails
    contact_roles  = local.budget_roles
  }

  notification {
    enabled        = true
    operator       = "GreaterThanOrEqualTo"
    threshold      = 100
    threshold_type = "Forecasted"
    contact_emails = var.alert_emails
    contact_roles  = local.budget_roles
  }

  lifecycle {
    # Azure refuses to change it.
    ignore_changes = [time_period]
  }
}
