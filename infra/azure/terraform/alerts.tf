# Alerts from log lines and metrics, by e-mail. With no address they are only shown in the portal.
locals {
  # Milliseconds that 95 of 100 requests may take.
  latency_ms = 30000

  # Messages in poison queues: Azure counts messages hourly and of the whole account, so the alert
  # reads the lines of Sotto and of the host that buries them.
  poison_query = <<-KQL
    AppTraces
    | extend event = tostring(parse_json(Message).event)
    | where event in ("dead_letter_reported", "dead_letter_not_reported", "dead_letters_not_reported", "malformed_dead_letter", "malformed_message", "message_not_dead_lettered")
        or Message has "MaxDequeueCount"
  KQL

  failed_jobs_query = <<-KQL
    AppTraces
    | where tostring(parse_json(Message).event) == "job_failed"
  KQL

  # Later than an hour, or not at all.
  purge_query = <<-KQL
    AppTraces
    | extend line = parse_json(Message)
    | extend event = tostring(line.event)
    | where (event == "purged" and tolong(line.late_ms) > 3600000)
        or event in ("not_purged", "job_not_purged", "container_not_purged", "outputs_not_reached")
  KQL

  # Of twenty requests and more: one slow request among few says nothing.
  latency_query = <<-KQL
    AppTraces
    | extend line = parse_json(Message)
    | where tostring(line.event) == "request"
    | summarize p95_ms = percentile(toreal(line.duration_ms), 95), n_requests = count()
    | where n_requests >= 20
  KQL

  storage_query = <<-KQL
    AppTraces
    | where tostring(parse_json(Message).event) in ("queue_unavailable", "file_not_submitted", "file_not_accepted", "event_not_accepted", "message_not_settled")
  KQL

  line_alerts = {
    poison-queues = {
      description = "messages that no try completed, and foreign messages"
      query       = local.poison_query
      severity    = 1
    }
    failed-jobs = {
      description = "jobs of which no file has a transcript"
      query       = local.failed_jobs_query
      severity    = 2
    }
    purge-lateness = {
      description = "transcripts that outlive their time by an hour, or cannot be purged"
      query       = local.purge_query
      severity    = 1
    }
    storage-errors = {
      description = "files that were not accepted and queues that did not answer"
      query       = local.storage_query
      severity    = 2
    }
  }
}

resource "azurerm_monitor_action_group" "recipients" {
  count = length(var.alert_emails) > 0 ? 1 : 0

  name                = "ag-sotto-${var.environment_name}"
  resource_group_name = azurerm_resource_group.sotto.name
  short_name          = "sotto"
  tags                = var.tags

  dynamic "email_receiver" {
    for_each = var.alert_emails

    content {
      name                    = "email-${email_receiver.key}"
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

# A line arrives minutes after its time: the window is twice the interval, so that none is missed.
resource "azurerm_monitor_scheduled_query_rules_alert_v2" "lines" {
  for_each = local.line_alerts

  name                = "alert-sotto-${var.environment_name}-${each.key}"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  tags                = var.tags

  display_name            = "Sotto ${var.environment_name}: ${each.key}"
  description             = each.value.description
  severity                = each.value.severity
  scopes                  = [azurerm_log_analytics_workspace.sotto.id]
  evaluation_frequency    = "PT15M"
  window_duration         = "PT30M"
  auto_mitigation_enabled = true
  # The tables of a new workspace come with its first line.
  skip_query_validation = true

  criteria {
    query                   = each.value.query
    time_aggregation_method = "Count"
    operator                = "GreaterThan"
    threshold               = 0

    failing_periods {
      number_of_evaluation_periods             = 1
      minimum_failing_periods_to_trigger_alert = 1
    }
  }

  dynamic "action" {
    for_each = azurerm_monitor_action_group.recipients

    content {
      action_groups = [action.value.id]
    }
  }
}

resource "azurerm_monitor_scheduled_query_rules_alert_v2" "latency" {
  name                = "alert-sotto-${var.environment_name}-latency"
  location            = azurerm_resource_group.sotto.location
  resource_group_name = azurerm_resource_group.sotto.name
  tags                = var.tags

  display_name            = "Sotto ${var.environment_name}: latency"
  description             = "95 of 100 requests take longer than they may"
  severity                = 3
  scopes                  = [azurerm_log_analytics_workspace.sotto.id]
  evaluation_frequency    = "PT15M"
  window_duration         = "PT30M"
  auto_mitigation_enabled = true
  skip_query_validation   = true

  criteria {
    query                   = local.latency_query
    metric_measure_column   = "p95_ms"
    time_aggregation_method = "Maximum"
    operator                = "GreaterThan"
    threshold               = local.latency_ms

    failing_periods {
      number_of_evaluation_periods             = 1
      minimum_failing_periods_to_trigger_alert = 1
    }
  }

  dynamic "action" {
    for_each = azurerm_monitor_action_group.recipients

    content {
      action_groups = [action.value.id]
    }
  }
}

resource "azurerm_monitor_metric_alert" "storage_availability" {
  name                = "alert-sotto-${var.environment_name}-storage-availability"
  resource_group_name = azurerm_resource_group.sotto.name
  tags                = var.tags

  description   = "requests to the storage account with the data fail"
  severity      = 2
  scopes        = [azurerm_storage_account.data.id]
  frequency     = "PT15M"
  window_size   = "PT1H"
  auto_mitigate = true

  criteria {
    metric_namespace = "Microsoft.Storage/storageAccounts"
    metric_name      = "Availability"
    aggregation      = "Average"
    operator         = "LessThan"
    threshold        = 99
  }

  dynamic "action" {
    for_each = azurerm_monitor_action_group.recipients

    content {
      action_group_id = action.value.id
    }
  }
}

# A file whose event is given up is not transcribed, and no line of Sotto says so.
resource "azurerm_monitor_metric_alert" "dropped_events" {
  name                = "alert-sotto-${var.environment_name}-dropped-events"
  resource_group_name = azurerm_resource_group.sotto.name
  tags                = var.tags

  description   = "Event Grid gave up events of dropped files"
  severity      = 1
  scopes        = [azurerm_eventgrid_system_topic.data.id]
  frequency     = "PT15M"
  window_size   = "PT30M"
  auto_mitigate = true

  criteria {
    metric_namespace = "Microsoft.EventGrid/systemTopics"
    metric_name      = "DroppedEventCount"
    aggregation      = "Total"
    operator         = "GreaterThan"
    threshold        = 0
  }

  dynamic "action" {
    for_each = azurerm_monitor_action_group.recipients

    content {
      action_group_id = action.value.id
    }
  }
}
