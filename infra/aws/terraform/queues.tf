# Standard queues, encrypted with our key. Sotto finds work-notices by the name of `work`.

locals {
  # Six times the timeout of the function that takes from it, as AWS advises.
  work_visibility_s    = 6 * local.functions["work"].timeout_s
  dropped_visibility_s = 6 * local.functions["drop"].timeout_s

  # At the fifth try a worker writes the reason into the report: MAX_DELIVERIES of shared/storage/work_queue.py.
  max_deliveries = 5

  fourteen_days_s = 14 * 24 * 3600 # the most there is
  four_days_s     = 4 * 24 * 3600

  queues = {
    work         = aws_sqs_queue.work
    notices      = aws_sqs_queue.notices
    dead         = aws_sqs_queue.dead
    dropped      = aws_sqs_queue.dropped
    dropped-dead = aws_sqs_queue.dropped_dead
  }
}

# Files to transcribe: ids only.
resource "aws_sqs_queue" "work" {
  name                       = "${local.name}-work"
  visibility_timeout_seconds = local.work_visibility_s
  message_retention_seconds  = local.fourteen_days_s
  kms_master_key_id          = aws_kms_key.sotto.arn

  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = local.max_deliveries })
}

# Notifications of web hooks: ids only.
resource "aws_sqs_queue" "notices" {
  name                       = "${local.name}-work-notices"
  visibility_timeout_seconds = local.work_visibility_s
  message_retention_seconds  = local.fourteen_days_s
  kms_master_key_id          = aws_kms_key.sotto.arn

  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = local.max_deliveries })
}

# Dead letters of both. `purge` takes them into the reports of their jobs.
resource "aws_sqs_queue" "dead" {
  name                      = "${local.name}-dead"
  message_retention_seconds = local.fourteen_days_s
  kms_master_key_id         = aws_kms_key.sotto.arn
}

resource "aws_sqs_queue_redrive_allow_policy" "dead" {
  queue_url = aws_sqs_queue.dead.url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.work.arn, aws_sqs_queue.notices.arn]
  })
}

# Events of the input bucket. They hold names of files, so they are kept for a short time.
resource "aws_sqs_queue" "dropped" {
  name                       = "${local.name}-dropped"
  visibility_timeout_seconds = local.dropped_visibility_s
  message_retention_seconds  = local.four_days_s
  kms_master_key_id          = aws_kms_key.sotto.arn

  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dropped_dead.arn, maxReceiveCount = local.max_deliveries })
}

# Events that could not be accepted, for a person to look at. A message's age counts from its first queue.
resource "aws_sqs_queue" "dropped_dead" {
  name                      = "${local.name}-dropped-dead"
  message_retention_seconds = local.fourteen_days_s
  kms_master_key_id         = aws_kms_key.sotto.arn
}

resource "aws_sqs_queue_redrive_allow_policy" "dropped_dead" {
  queue_url = aws_sqs_queue.dropped_dead.url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.dropped.arn]
  })
}

# --- Policies ---

resource "aws_sqs_queue_policy" "tls" {
  for_each = { for name, queue in local.queues : name => queue if name != "dropped" }

  queue_url = each.value.url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

data "aws_iam_policy_document" "queue" {
  for_each = { for name, queue in local.queues : name => queue if name != "dropped" }

  # In transit everything is encrypted, for every caller.
  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value.arn]

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

resource "aws_sqs_queue_policy" "dropped" {
  queue_url = aws_sqs_queue.dropped.url
  policy    = data.aws_iam_policy_document.dropped.json
}

data "aws_iam_policy_document" "dropped" {
  # As the others.
  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.dropped.arn]

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

  # S3 may send events of the input bucket of this account, and nothing else may.
  statement {
    sid       = "EventsOfTheInputBucket"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dropped.arn]

    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_s3_bucket.sotto["input"].arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }
  }
}
