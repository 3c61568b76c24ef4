# One key of our own encrypts buckets, queues, the secret, logs and alarms; the clients' keys are a secret.

resource "aws_kms_key" "sotto" {
  description             = "Sotto ${var.environment_name}: audio, transcripts, queues, clients' keys, logs."
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_alias" "sotto" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.sotto.key_id
}

# Apart from the key, since it names the input bucket.
resource "aws_kms_key_policy" "sotto" {
  key_id = aws_kms_key.sotto.key_id
  policy = data.aws_iam_policy_document.key.json
}

# In the policy of a key the resource `*` is this key alone.
data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_109: in the policy of a key `*` is this key; without the account's statement no one could manage it
  # checkov:skip=CKV_AWS_111: as the rule above: this key alone
  # checkov:skip=CKV_AWS_356: as the rule above: this key alone
  # The account's own policies decide who else may use or manage the key. AWS asks for this statement, lest
  # the key cannot be managed any more.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }

  # S3 writes events of the input bucket into the encrypted queue `dropped`.
  statement {
    sid       = "EventsOfTheInputBucket"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = ["*"]

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

  # CloudWatch encrypts the log groups of our functions.
  statement {
    sid       = "Logs"
    actions   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${var.location}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:${local.partition}:logs:${var.location}:${local.account_id}:log-group:/aws/lambda/${local.name}-*"]
    }
  }

  # Alarms write to the encrypted topic.
  statement {
    sid       = "Alarms"
    actions   = ["kms:GenerateDataKey", "kms:Decrypt"]
    resources = ["*"]

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
}

# Its text is the value of SOTTO_KEYS. Only `http` may read it.
resource "aws_secretsmanager_secret" "keys" {
  # checkov:skip=CKV2_AWS_57: clients hold the keys, so they are rotated by hand: docs/deploy-aws.md
  name                    = "${local.name}-keys"
  description             = "Keys that clients of Sotto may present, separated by commas."
  kms_key_id              = aws_kms_key.sotto.arn
  recovery_window_in_days = 7
}

# Written and not read: neither plan nor state has the keys.
resource "aws_secretsmanager_secret_version" "keys" {
  secret_id                = aws_secretsmanager_secret.keys.id
  secret_string_wo         = var.client_keys
  secret_string_wo_version = var.client_keys_version
}
