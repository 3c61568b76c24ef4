# Alarms write to one topic, and the topic to alert_emails. Each recovers by itself.

resource "aws_sns_topic" "alarms" {
  name              = "${local.name}-alarms"
  kms_master_key_id = aws_kms_key.sotto.arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

data "aws_iam_policy_document" "alarms" {
  # Alarms of this account.
  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }

  # In transit everything is encrypted, for every caller.
  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.alert_emails)

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

# --- Functions ---

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = local.functions

  alarm_name          = "${local.name}-${each.key}-errors"
  alarm_description   = "Invocations of ${each.key} fail: a setting, a killed function, storage that refuses. Its log says which."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.sotto[each.key].function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  # A second purge is throttled on purpose.
  for_each = { for name, function in local.functions : name => function if name != "purge" }

  alarm_name          = "${local.name}-${each.key}-throttles"
  alarm_description   = "Invocations of ${each.key} find no concurrency: raise the account's, or a reservation."
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = aws_lambda_function.sotto[each.key].function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "no_purge" {
  alarm_name          = "${local.name}-no-purge"
  alarm_description   = "No purge has begun in an hour or three schedules: transcripts outlive their time."
  namespace           = "AWS/Lambda"
  metric_name         = "Invocations"
  dimensions          = { FunctionName = aws_lambda_function.sotto["purge"].function_name }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = max(1, ceil(3 * var.purge_every_seconds / 3600))
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# --- Queues ---

resource "aws_cloudwatch_metric_alarm" "oldest_message" {
  for_each = { work = aws_sqs_queue.work.name, dropped = aws_sqs_queue.dropped.name }

  alarm_name          = "${local.name}-${each.key}-oldest-message"
  alarm_description   = "A file waits longer than oldest_message_alarm_seconds in the queue ${each.key}: raise work_maximum_concurrency, or see the log."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = var.oldest_message_alarm_seconds
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

locals {
  # CloudWatch looks back for a day, and for a week where a period is an hour.
  dead_letter_period_s = var.purge_every_seconds > 3600 ? 3600 : 300

  # A purge takes Sotto's dead letters out, so a message that lies there for two schedules is not Sotto's, or the purge fails.
  dead_letter_alarms = {
    dead         = { queue = aws_sqs_queue.dead.name, periods = 1 + ceil(2 * var.purge_every_seconds / local.dead_letter_period_s) }
    dropped-dead = { queue = aws_sqs_queue.dropped_dead.name, periods = 1 }
  }
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  for_each = local.dead_letter_alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "Messages lie in the queue ${each.value.queue}, for a person to look at: docs/operations.md."
  evaluation_periods  = each.value.periods
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "messages"
    label       = "Messages"
    expression  = "visible + hidden"
    return_data = true
  }

  metric_query {
    id = "visible"

    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = each.value.queue }
      stat        = "Maximum"
      period      = local.dead_letter_period_s
    }
  }

  # A purge that looks at a message hides it for a while.
  metric_query {
    id = "hidden"

    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateNumberOfMessagesNotVisible"
      dimensions  = { QueueName = each.value.queue }
      stat        = "Maximum"
      period      = local.dead_letter_period_s
    }
  }
}

# --- Log lines ---

locals {
  # A removal is late by up to a schedule and the time of a purge.
  purge_late_ms = 1000 * (2 * var.purge_every_seconds + local.functions["purge"].timeout_s)

  counted_alarms = {
    DeadLetters             = "A file ended every worker that took it, or a message is not Sotto's."
    DroppedFilesNotAccepted = "A dropped file could not be accepted; its event comes again, five times."
    FailedJobs              = "A job failed in all of its files; its report says why."
    PurgeFailures           = "A transcript or a job could not be deleted; the purge tries again."
    RequestFailures         = "Requests were answered with a status of 500 or more."
    StorageErrors           = "A bucket or a queue could not be reached, or refused."
  }
}

resource "aws_cloudwatch_metric_alarm" "counted" {
  for_each = local.counted_alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = each.value
  namespace           = local.namespace
  metric_name         = each.key
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "purge_late" {
  alarm_name          = "${local.name}-purge-late"
  alarm_description   = "Transcripts were deleted later than two schedules and a purge after their time."
  namespace           = local.namespace
  metric_name         = "PurgeLateness"
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = local.purge_late_ms
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "slow_requests" {
  alarm_name          = "${local.name}-slow-requests"
  alarm_description   = "The 95th percentile of the time of requests was above latency_alarm_ms for a quarter of an hour."
  namespace           = local.namespace
  metric_name         = "RequestDuration"
  extended_statistic  = "p95"
  period              = 300
  evaluation_periods  = 3
  threshold           = var.latency_alarm_ms
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  # A percentile of three requests says nothing.
  evaluate_low_sample_count_percentiles = "ignore"
}
