# Three buckets: dropped audio, transcripts, records of jobs. None has versions: a bucket has none unless
# it is switched on, and in `output` and `jobs` deleted has to mean gone.

resource "aws_s3_bucket" "sotto" {
  # checkov:skip=CKV_AWS_21: versions would keep what the purge deletes
  # checkov:skip=CKV_AWS_144: copies in another region would outlive the time to live
  # checkov:skip=CKV_AWS_18: access logs hold the names of files
  # checkov:skip=CKV2_AWS_62: only the input bucket has events
  # checkov:skip=CKV2_AWS_6: each has its block below; the rule does not follow for_each
  # checkov:skip=CKV_AWS_145: each is encrypted below; the rule does not follow for_each
  for_each = local.buckets

  bucket = "${local.name}-${each.key}-${local.account_id}"
}

resource "aws_s3_bucket_public_access_block" "sotto" {
  for_each = aws_s3_bucket.sotto

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "sotto" {
  for_each = aws_s3_bucket.sotto

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "sotto" {
  for_each = aws_s3_bucket.sotto

  bucket = each.value.id

  rule {
    # One request to KMS serves many objects.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.sotto.arn
    }
  }
}

resource "aws_s3_bucket_policy" "sotto" {
  for_each = aws_s3_bucket.sotto

  bucket = each.value.id
  policy = data.aws_iam_policy_document.bucket[each.key].json

  depends_on = [aws_s3_bucket_public_access_block.sotto]
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.buckets

  # In transit everything is encrypted, for every caller.
  statement {
    sid       = "DenyWithoutTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.sotto[each.key].arn, "${aws_s3_bucket.sotto[each.key].arn}/*"]

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

  # TLS 1.2 at least.
  statement {
    sid       = "DenyOldTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.sotto[each.key].arn, "${aws_s3_bucket.sotto[each.key].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }
}

# The second line behind the purge: where that has failed for long, S3 deletes. Web hooks (hooks/) have no time
# to live, and tombstones (gone/) keep the names of outputs that could not be reached: both stay.
locals {
  expiring_prefixes = {
    output = [""]
    jobs   = ["created/", "expires/", "jobs/"]
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "expiry" {
  # checkov:skip=CKV_AWS_300: the last rule does it; beside a dynamic one it is not seen
  for_each = local.expiring_prefixes

  bucket = aws_s3_bucket.sotto[each.key].id

  dynamic "rule" {
    for_each = each.value

    content {
      id     = rule.value == "" ? "expire" : "expire-${trimsuffix(rule.value, "/")}"
      status = "Enabled"

      filter {
        prefix = rule.value
      }

      expiration {
        days = var.output_lifetime_days
      }
    }
  }

  rule {
    id     = "abort-incomplete-uploads"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

# Audio belongs to whoever dropped it: Sotto deletes none of it. Parts of an upload that never ended are no audio.
resource "aws_s3_bucket_lifecycle_configuration" "input" {
  bucket = aws_s3_bucket.sotto["input"].id

  rule {
    id     = "abort-incomplete-uploads"
    status = "Enabled"

    filter {
      prefix = ""
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}
