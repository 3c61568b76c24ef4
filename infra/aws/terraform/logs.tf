# A group for each function, made before Lambda would make one that keeps lines for ever.

resource "aws_cloudwatch_log_group" "function" {
  # checkov:skip=CKV_AWS_338: log_retention_days decides; lines have sizes and times and no content
  for_each = local.functions

  name              = "/aws/lambda/${local.name}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.sotto.arn

  depends_on = [aws_kms_key_policy.sotto]
}

# Numbers of the log lines, as metrics of the namespace. docs/operations.md says what each event is.

locals {
  namespace = "Sotto/${var.environment_name}"

  # metric = { function whose lines it counts, pattern, value of a line }
  line_metrics = {
    FilesFailed       = { function = "work", pattern = "{ $.event = \"file_failed\" }", value = "1" }
    JobsFailed        = { function = "work", pattern = "{ $.event = \"job_failed\" }", value = "1" }
    PurgeLateMs       = { function = "purge", pattern = "{ $.event = \"purged\" && $.late_ms = * }", value = "$.late_ms" }
    RequestDurationMs = { function = "http", pattern = "{ $.event = \"request\" && $.duration_ms = * }", value = "$.duration_ms" }
    RequestsFailed    = { function = "http", pattern = "{ $.event = \"request\" && $.status >= 500 }", value = "1" }
  }

  # Storage or queues that cannot be reached, or that refuse: classes of shared/errors.py.
  storage_error_pattern = "{ $.error_type = \"StorageUnavailable\" || $.error_type = \"AccessDenied\" || $.error_type = \"QueueNotFound\" || $.error_type = \"ContainerNotFound\" }"
}

resource "aws_cloudwatch_log_metric_filter" "line" {
  for_each = local.line_metrics

  name           = "${local.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.function[each.value.function].name
  pattern        = each.value.pattern

  metric_transformation {
    namespace = local.namespace
    name      = each.key
    value     = each.value.value
  }
}

resource "aws_cloudwatch_log_metric_filter" "storage_errors" {
  for_each = local.functions

  name           = "${local.name}-${each.key}-StorageErrors"
  log_group_name = aws_cloudwatch_log_group.function[each.key].name
  pattern        = local.storage_error_pattern

  metric_transformation {
    namespace = local.namespace
    name      = "StorageErrors"
    value     = "1"
  }
}
