data "azurerm_client_config" "current" {}

locals {
  subscription = "/subscriptions/${data.azurerm_client_config.current.subscription_id}"
  # Eight characters that make names unique; the Bicep deployment of the same environment has others.
  token = substr(sha256("${local.subscription}/${var.environment_name}/${var.location}"), 0, 8)

  deployment_container = "deployment"
  jobs_container       = "jobs"
  work_queue           = "work"
  dropped_queue        = "${local.work_queue}-dropped"
  # A poison queue belongs to each queue that a function reads.
  queues = [
    local.work_queue,
    "${local.work_queue}-notices",
    "${local.work_queue}-poison",
    "${local.work_queue}-notices-poison",
    "${local.work_queue}-poison-poison",
    local.dropped_queue,
    "${local.dropped_queue}-poison",
  ]
  inputs  = [for folder in var.drop_folders : "audio-${folder}"]
  outputs = [for folder in var.drop_folders : "transcripts-${folder}"]
  watched = [for folder in var.drop_folders : "${folder}=azure:audio-${folder}>azure:transcripts-${folder}"]

  # Of the container of jobs only jobs/: web hooks and tombstones beside them have no such end.
  expiring_prefixes = concat([for output in local.outputs : "${output}/"], ["${local.jobs_container}/jobs/"])
}

resource "azurerm_resource_group" "sotto" {
  name     = "rg-sotto-${var.environment_name}"
  location = var.location
  tags     = var.tags
}
