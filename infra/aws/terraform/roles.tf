# One role for each function. `abilities` are the permissions of docs/aws-lambda.md, word for word: a test
# compares the two, and another takes each away and sees a step of the work fail. `platform` is what Lambda
# needs to run a function. Nothing else is granted.

locals {
  abilities = {
    http  = data.aws_iam_policy_document.http.json
    drop  = data.aws_iam_policy_document.drop.json
    work  = data.aws_iam_policy_document.work.json
    purge = data.aws_iam_policy_document.purge.json
  }

  # Dropped files and transcripts lie under the prefixes of the drop folders, and nothing else is reached.
  input_objects  = [for folder in var.drop_folders : "${aws_s3_bucket.sotto["input"].arn}/${folder}/*"]
  output_objects = [for folder in var.drop_folders : "${aws_s3_bucket.sotto["output"].arn}/${folder}/*"]
  jobs_objects   = ["${aws_s3_bucket.sotto["jobs"].arn}/*"]
}

resource "aws_iam_role" "function" {
  for_each = local.functions

  name               = "${local.name}-${each.key}"
  description        = each.value.description
  assume_role_policy = data.aws_iam_policy_document.assumed_by_lambda.json
}

resource "aws_iam_role_policy" "abilities" {
  for_each = local.functions

  name   = "abilities"
  role   = aws_iam_role.function[each.key].id
  policy = local.abilities[each.key]
}

resource "aws_iam_role_policy" "platform" {
  for_each = local.functions

  name   = "platform"
  role   = aws_iam_role.function[each.key].id
  policy = data.aws_iam_policy_document.platform[each.key].json
}

resource "aws_iam_role_policy" "network" {
  for_each = var.private_networking ? local.functions : {}

  name   = "network"
  role   = aws_iam_role.function[each.key].id
  policy = data.aws_iam_policy_document.network.json
}

data "aws_iam_policy_document" "assumed_by_lambda" {
  # Lambda may run a function with the role.
  statement {
    sid     = "Lambda"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

# --- http: requests of clients, and the batch API ---

data "aws_iam_policy_document" "http" {
  # S3 says that a record is not there, instead of 403.
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.sotto["jobs"].arn]
  }

  # Jobs that clients create, look at and delete; their transcripts; web hooks.
  statement {
    sid       = "Jobs"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = local.jobs_objects
  }

  # A message for each file of a job.
  statement {
    sid       = "Work"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.work.arn]
  }

  # A message for each notification of a web hook.
  statement {
    sid       = "Notices"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.notices.arn]
  }

  # The clients' keys. No other function may read them.
  statement {
    sid       = "Keys"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.keys.arn]
  }
}

# --- drop: a job for each dropped file ---

data "aws_iam_policy_document" "drop" {
  # S3 says that a file or a record is not there, instead of 403.
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.sotto["input"].arn, aws_s3_bucket.sotto["jobs"].arn]
  }

  # Options of the folder, and the version of the dropped file.
  statement {
    sid       = "Input"
    actions   = ["s3:GetObject"]
    resources = local.input_objects
  }

  # The record of the job. Deleting it is the business of others.
  statement {
    sid       = "Jobs"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = local.jobs_objects
  }

  # A message for each file.
  statement {
    sid       = "Work"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.work.arn]
  }

  # Lambda takes the events of S3 with this role.
  statement {
    sid       = "Dropped"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.dropped.arn]
  }
}

# --- work: a transcript for each message ---

data "aws_iam_policy_document" "work" {
  # S3 says that something is not there, instead of 403.
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.sotto["input"].arn, aws_s3_bucket.sotto["output"].arn, aws_s3_bucket.sotto["jobs"].arn]
  }

  # The audio. No function may write or delete where audio is dropped.
  statement {
    sid       = "Input"
    actions   = ["s3:GetObject"]
    resources = local.input_objects
  }

  # Transcripts; one that is replaced by a later version of its file is deleted.
  statement {
    sid       = "Output"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = local.output_objects
  }

  # Records of jobs, and the transcripts of jobs of the batch API.
  statement {
    sid       = "Jobs"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = local.jobs_objects
  }

  # Lambda takes the messages with this role; Sotto gives one back for seconds, and sends the rest of a job.
  statement {
    sid       = "Work"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility", "sqs:SendMessage"]
    resources = [aws_sqs_queue.work.arn]
  }

  # The same for notifications of web hooks.
  statement {
    sid       = "Notices"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility", "sqs:SendMessage"]
    resources = [aws_sqs_queue.notices.arn]
  }

  # A message that Sotto did not write goes to the dead letters at once.
  statement {
    sid       = "DeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead.arn]
  }
}

# --- purge: what has expired, and dead letters ---

data "aws_iam_policy_document" "purge" {
  # The list of what has expired; S3 says that something is not there, instead of 403.
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.sotto["output"].arn, aws_s3_bucket.sotto["jobs"].arn]
  }

  # Transcripts whose time is over, and reports of dead letters.
  statement {
    sid       = "Output"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = local.output_objects
  }

  # Records of jobs whose time is over, and their tombstones.
  statement {
    sid       = "Jobs"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = local.jobs_objects
  }

  # Dead letters are taken into the reports of their jobs.
  statement {
    sid       = "DeadLetters"
    actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"]
    resources = [aws_sqs_queue.dead.arn]
  }

  # A web hook hears of a job that has ended or was deleted.
  statement {
    sid       = "Notices"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.notices.arn]
  }
}

# --- Needs of Lambda itself ---

data "aws_iam_policy_document" "platform" {
  for_each = local.functions

  # Its own log, which exists already. As AWSLambdaBasicExecutionRole, without other groups.
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function[each.key].arn}:*"]
  }

  # Buckets and queues (of `http` the secret, too) are encrypted with our key, which opens nothing but through them.
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.sotto.arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values = concat(
        ["s3.${var.location}.amazonaws.com", "sqs.${var.location}.amazonaws.com"],
        each.key == "http" ? ["secretsmanager.${var.location}.amazonaws.com"] : [],
      )
    }
  }
}

data "aws_iam_policy_document" "network" {
  # checkov:skip=CKV_AWS_111: these actions of EC2 have no resource that is known before the interface exists
  # checkov:skip=CKV_AWS_356: as the rule above: no resource is known
  # Lambda makes the network interfaces of a function with its role. `*` is what AWS documents: an interface has
  # no name before it is made, and descriptions know no resources.
  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  statement {
    sid = "Interfaces"
    actions = [
      "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]
  }

  # Lambda itself, not the code of a function.
  statement {
    sid    = "NotByTheCode"
    effect = "Deny"
    actions = [
      "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
    ]
    resources = ["*"]

    condition {
      test     = "ArnLike"
      variable = "lambda:SourceFunctionArn"
      values   = ["arn:${local.partition}:lambda:${var.location}:${local.account_id}:function:${local.name}-*"]
    }
  }
}

# --- The schedule ---

resource "aws_iam_role" "schedule" {
  name               = "${local.name}-schedule"
  description        = "Wakes the purge."
  assume_role_policy = data.aws_iam_policy_document.assumed_by_scheduler.json
}

resource "aws_iam_role_policy" "schedule" {
  name   = "abilities"
  role   = aws_iam_role.schedule.id
  policy = data.aws_iam_policy_document.schedule.json
}

data "aws_iam_policy_document" "assumed_by_scheduler" {
  # Schedules of our group, of this account.
  statement {
    sid     = "Schedules"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account_id]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_scheduler_schedule_group.sotto.arn]
    }
  }
}

data "aws_iam_policy_document" "schedule" {
  # The purge, and no other function.
  statement {
    sid       = "Purge"
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.sotto["purge"].arn]
  }
}
