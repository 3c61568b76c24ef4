# A group for each function, made before Lambda would make one that keeps lines for ever.

resource "aws_cloudwatch_log_group" "function" {
  # checkov:skip=CKV_AWS_338: log_retention_days decides; lines have sizes and times and no content
  for_each = local.functions

  name              = "/aws/lambda/${local.name}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.sotto.arn

  depends_on = [aws_kms_key_policy.sotto]
}

# Numbers of the log lines, as metrics: those of infra/monitoring/cloudwatch-metric-filters.json that an alarm needs.
# Apply that file for the others; each metric costs.

locals {
  namespace = "Sotto/${var.environment_name}"

  # Metric = whose lines, which lines, and the value of one.
  line_metrics = {
    DeadLetters             = { functions = ["purge"], pattern = "{ $.event = \"dead_letter_reported\" || $.event = \"dead_letter_not_reported\" || $.event = \"dead_letters_not_reported\" || $.event = \"malformed_dead_letter\" }", value = "1" }
    DroppedFilesNotAccepted = { functions = ["drop"], pattern = "{ $.event = \"event_not_accepted\" || $.event = \"file_not_accepted\" }", value = "1" }
    FailedJobs              = { functions = ["work"], pattern = "{ $.event = \"job_failed\" }", value = "1" }
    PurgeFailures           = { functions = ["purge"], pattern = "{ $.event = \"not_purged\" || $.event = \"job_not_purged\" || $.event = \"container_not_purged\" || $.event = \"outputs_not_reached\" }", value = "1" }
    PurgeLateness           = { functions = ["purge"], pattern = "{ $.event = \"purged\" }", value = "$.late_ms" }
    RequestDuration         = { functions = ["http"], pattern = "{ $.event = \"request\" }", value = "$.duration_ms" }
    RequestFailures         = { functions = ["http"], pattern = "{ $.event = \"request\" && $.status >= 500 }", value = "1" }

    # Buckets or queues that cannot be reached, or that refuse: classes of shared/errors.py.
    StorageErrors = { functions = keys(local.functions), pattern = "{ $.error_type = \"StorageUnavailable\" || $.error_type = \"AccessDenied\" || $.error_type = \"ContainerNotFound\" || $.error_type = \"QueueNotFound\" }", value = "1" }
  }

  line_filters = merge([
    for metric, lines in local.line_metrics : {
      for function in lines.functions : "${metric}-${function}" => { metric = metric, function = function }
    }
  ]...)
}

resource "aws_cloudwatch_log_metric_filter" "line" {
  for_each = local.line_filters

  name           = "${local.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.function[each.value.function].name
  pattern        = local.line_metrics[each.value.metric].pattern

  metric_transformation {
    namespace = local.namespace
    name      = each.value.metric
    value     = local.line_metrics[each.value.metric].value
  }
}
