data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  name       = "sotto-${var.environment_name}"
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  # The budget counts what has the tag sotto-environment.
  tags = merge(var.tags, { application = "sotto", sotto-environment = var.environment_name })

  # Four functions of one image. docs/aws-lambda.md gives the reasons for memory and timeouts.
  functions = {
    http = {
      command     = "functions.aws_lambda.http.handler"
      description = "Answers requests of clients."
      memory_mb   = var.memory_mb
      timeout_s   = var.http_timeout_seconds
      concurrency = var.http_reserved_concurrency
    }
    drop = {
      command     = "functions.aws_lambda.s3_batch.handler"
      description = "Makes a job of every dropped file."
      memory_mb   = 512
      timeout_s   = 60
      concurrency = -1
    }
    work = {
      command     = "functions.aws_lambda.sqs_work.handler"
      description = "Transcribes one file, and notifies web hooks."
      memory_mb   = var.memory_mb
      timeout_s   = 900
      concurrency = -1 # scaling_config of its event source mappings decides
    }
    purge = {
      command     = "functions.aws_lambda.purge_schedule.handler"
      description = "Deletes what has expired; takes dead letters into the reports of their jobs."
      memory_mb   = 512
      timeout_s   = 300
      concurrency = var.purge_reserved_concurrency
    }
  }

  buckets = toset(["input", "output", "jobs"])

  drop_folders = join(",", [for folder in var.drop_folders :
    "${folder}=s3://${aws_s3_bucket.sotto["input"].id}/${folder}>s3://${aws_s3_bucket.sotto["output"].id}/${folder}"
  ])

  # Settings of each function. An empty value counts as absent.
  jobs_environment = {
    SOTTO_JOBS         = "s3://${aws_s3_bucket.sotto["jobs"].id}"
    SOTTO_QUEUE        = aws_sqs_queue.work.url
    SOTTO_DEAD_LETTERS = aws_sqs_queue.dead.url
  }
  folders_environment = {
    SOTTO_DROP_FOLDERS = local.drop_folders
    SOTTO_TIME_TO_LIVE = var.time_to_live
  }
  recognition_environment = {
    SOTTO_MODEL            = var.model
    SOTTO_ALLOWED_NETWORKS = join(",", var.allowed_networks)
  }
  access_environment = {
    SOTTO_KEYS_SECRET   = aws_secretsmanager_secret.keys.arn
    SOTTO_OIDC_ISSUER   = var.oidc_issuer
    SOTTO_OIDC_AUDIENCE = var.oidc_audience
    SOTTO_OIDC_JWKS     = var.oidc_jwks
    SOTTO_OIDC_ROLES    = var.oidc_roles
    SOTTO_PUBLIC_URL    = var.public_url
    # None of Sotto's: functions read the keys once, and a change of their environment starts them anew.
    CLIENT_KEYS_VERSION = tostring(var.client_keys_version)
  }
  environments = {
    http  = merge(var.settings, local.jobs_environment, local.recognition_environment, local.access_environment)
    drop  = merge(var.settings, local.jobs_environment, local.folders_environment)
    work  = merge(var.settings, local.jobs_environment, local.folders_environment, local.recognition_environment)
    purge = merge(var.settings, local.jobs_environment, local.folders_environment)
  }
}
