# checkov:skip comments name the rule that does not fit, and why.

resource "aws_lambda_function" "sotto" {
  # checkov:skip=CKV_AWS_116: no function is invoked asynchronously but `purge`, whose next schedule continues; queues have dead-letter queues
  # checkov:skip=CKV_AWS_117: a network of one's own is the switch private_networking
  # checkov:skip=CKV_AWS_173: no variable is a secret: the keys are in Secrets Manager; AWS encrypts environments with a key of its own
  # checkov:skip=CKV_AWS_50: traces of X-Ray are off, as all telemetry is by default
  # checkov:skip=CKV_AWS_115: `drop` and `work` are bounded by their event source mappings
  # checkov:skip=CKV_AWS_272: signatures of code are for zip packages; an image is named by its digest
  for_each = local.functions

  function_name = "${local.name}-${each.key}"
  description   = each.value.description
  role          = aws_iam_role.function[each.key].arn

  package_type = "Image"
  image_uri    = var.image_uri

  # ONNX Runtime has crashed on import on Lambda's arm64.
  architectures = ["x86_64"]

  image_config {
    command = [each.value.command]
  }

  memory_size                    = each.value.memory_mb
  timeout                        = each.value.timeout_s
  reserved_concurrent_executions = each.value.concurrency

  # The least there is: nothing is written.
  ephemeral_storage {
    size = 512
  }

  environment {
    variables = { for name, value in local.environments[each.key] : name => value if value != "" }
  }

  # Sotto's lines are JSON. As text, Lambda leaves each as it is, and filters read its fields.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.function[each.key].name
  }

  tracing_config {
    mode = "PassThrough"
  }

  dynamic "vpc_config" {
    for_each = var.private_networking ? [1] : []

    content {
      subnet_ids         = aws_subnet.private[*].id
      security_group_ids = aws_security_group.functions[*].id
    }
  }

  # A function that starts without its permissions would fail, and one that starts before the keys are stored
  # would read the former ones.
  depends_on = [
    aws_iam_role_policy.abilities, aws_iam_role_policy.platform, aws_iam_role_policy.network,
    aws_secretsmanager_secret_version.keys,
  ]
}

# One mapping for each queue: what is under way at the same time, and which messages are given back.

resource "aws_lambda_event_source_mapping" "work" {
  event_source_arn = aws_sqs_queue.work.arn
  function_name    = aws_lambda_function.sotto["work"].arn

  # A second file would have only the time that the first one left.
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.work_maximum_concurrency
  }
}

resource "aws_lambda_event_source_mapping" "notices" {
  event_source_arn = aws_sqs_queue.notices.arn
  function_name    = aws_lambda_function.sotto["work"].arn

  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  # The least there is: a notification takes a second.
  scaling_config {
    maximum_concurrency = 2
  }
}

resource "aws_lambda_event_source_mapping" "dropped" {
  event_source_arn = aws_sqs_queue.dropped.arn
  function_name    = aws_lambda_function.sotto["drop"].arn

  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 10
  }
}
