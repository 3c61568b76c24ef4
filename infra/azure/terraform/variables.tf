variable "environment_name" {
  description = "Name of the environment, part of the name of every resource: lower-case letters and digits, a letter first."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.environment_name))
    error_message = "environment_name is 2 to 12 lower-case letters and digits, a letter first."
  }
}

variable "location" {
  description = "Region, one that has Flex Consumption, in its short form such as westeurope."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]{3,40}$", var.location))
    error_message = "location is the short name of a region, such as westeurope."
  }
}

variable "client_keys" {
  description = "Keys that clients present, by commas. They go into the key vault, not into the state."
  type        = string
  nullable    = false
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = length(var.client_keys) >= 16
    error_message = "client_keys has at least 16 characters."
  }
}

variable "client_keys_version" {
  description = "Number of the keys: a higher one writes client_keys into the vault again, which Terraform cannot compare."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.client_keys_version >= 1 && floor(var.client_keys_version) == var.client_keys_version
    error_message = "client_keys_version is a whole number from 1."
  }
}

variable "drop_folders" {
  description = "Names of the drop folders: lower-case letters, digits and hyphens. Each has a container of audio and one of transcripts."
  type        = list(string)
  default     = ["calls"]
  nullable    = false

  validation {
    condition     = length(var.drop_folders) >= 1 && length(var.drop_folders) <= 20
    error_message = "drop_folders has 1 to 20 names."
  }
  validation {
    condition     = length(var.drop_folders) == length(distinct(var.drop_folders))
    error_message = "drop_folders has each name once."
  }
  validation {
    # A container `transcripts-<name>` has at most 63 characters, and no two hyphens in a row.
    condition     = alltrue([for name in var.drop_folders : can(regex("^[a-z0-9]+(-[a-z0-9]+)*$", name)) && length(name) <= 50])
    error_message = "A drop folder is named by at most 50 lower-case letters and digits, and single hyphens between them."
  }
}

variable "time_to_live" {
  description = "Time to live of transcripts of dropped files, an ISO 8601 duration of whole days, weeks or hours up to P31D."
  type        = string
  default     = "P7D"
  nullable    = false

  validation {
    condition     = can(regex("^P(?:[1-4]W|(?:[1-9]|[12][0-9]|3[01])D|T(?:[1-9][0-9]?|[1-6][0-9]{2}|7[0-3][0-9]|74[0-4])H)$", var.time_to_live))
    error_message = "time_to_live is whole days, weeks or hours, such as P7D, P2W or PT12H, up to P31D."
  }
}

variable "purge_every_seconds" {
  description = "Seconds between two purges of expired transcripts, rounded down to whole minutes or hours."
  type        = number
  default     = 300
  nullable    = false

  validation {
    condition     = var.purge_every_seconds >= 60 && var.purge_every_seconds <= 86400
    error_message = "purge_every_seconds is 60 to 86400."
  }
}

variable "model" {
  description = "Whisper model in the package, a name of `sotto models list`."
  type        = string
  default     = "base"
  nullable    = false

  validation {
    condition     = length(var.model) >= 1 && length(var.model) <= 100
    error_message = "model has 1 to 100 characters."
  }
}

variable "instance_memory_mb" {
  description = "Memory of an instance in MB; it also sets the share of a processor (about one core, about two)."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = contains([2048, 4096], var.instance_memory_mb)
    error_message = "instance_memory_mb is 2048 or 4096."
  }
}

variable "maximum_instance_count" {
  description = "Most instances of one group of functions; of `work` it is the number of files at once. Some regions refuse fewer than 40."
  type        = number
  default     = 40
  nullable    = false

  validation {
    condition     = var.maximum_instance_count >= 1 && var.maximum_instance_count <= 1000
    error_message = "maximum_instance_count is 1 to 1000."
  }
}

variable "http_concurrency" {
  description = "Requests that an instance serves at once before Azure adds another one."
  type        = number
  default     = 4
  nullable    = false

  validation {
    condition     = var.http_concurrency >= 1 && var.http_concurrency <= 1000
    error_message = "http_concurrency is 1 to 1000."
  }
}

variable "always_ready" {
  description = "Instances that are kept, and billed, for requests; 0: the first request after a pause waits for a start."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.always_ready >= 0 && var.always_ready <= 100
    error_message = "always_ready is 0 to 100."
  }
}

variable "private_networking" {
  description = "Put storage and vault behind private endpoints of a virtual network, and the app into it."
  type        = bool
  default     = false
  nullable    = false
}

variable "address_prefix" {
  description = "Addresses of that network, from /16 to /23."
  type        = string
  default     = "10.40.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.address_prefix)) && can(regex("/(?:1[6-9]|2[0-3])$", var.address_prefix))
    error_message = "address_prefix is an IPv4 network from /16 to /23."
  }
}

variable "alert_emails" {
  description = "E-mail addresses that receive alerts and budget notifications."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alert_emails) <= 10 && alltrue([for address in var.alert_emails : strcontains(address, "@")])
    error_message = "alert_emails has at most 10 e-mail addresses."
  }
}

variable "monthly_budget" {
  description = "Costs in a month, in the currency of the subscription, that notifications are sent for; 0: no budget."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.monthly_budget >= 0 && var.monthly_budget <= 1000000
    error_message = "monthly_budget is 0 to 1000000."
  }
}

variable "budget_start_date" {
  description = "First day of the month that the budget begins with, such as 2026-12-01; null: the month of the first deployment."
  type        = string
  default     = null

  validation {
    condition     = var.budget_start_date == null || can(regex("^[0-9]{4}-(?:0[1-9]|1[0-2])-01$", var.budget_start_date))
    error_message = "budget_start_date is the first day of a month, such as 2026-12-01."
  }
}

variable "log_retention_days" {
  description = "Days that log lines are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 730
    error_message = "log_retention_days is 30 to 730."
  }
}

variable "output_lifetime_days" {
  description = "Days after which storage deletes transcripts and jobs that no purge has removed."
  type        = number
  default     = 32
  nullable    = false

  validation {
    # The longest time to live is 31 days.
    condition     = var.output_lifetime_days >= 32 && var.output_lifetime_days <= 365
    error_message = "output_lifetime_days is 32 to 365."
  }
}

variable "oidc_issuer" {
  description = "Issuers of access tokens that callers may present instead of a key, by commas."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = alltrue([for issuer in compact(split(",", var.oidc_issuer)) : startswith(trimspace(issuer), "https://")])
    error_message = "oidc_issuer has https:// addresses by commas."
  }
}

variable "oidc_audience" {
  description = "Audiences, one of which a token must name, by commas. Needed with an issuer."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = (var.oidc_issuer == "") == (var.oidc_audience == "")
    error_message = "oidc_audience and oidc_issuer belong together: set both."
  }
}

variable "oidc_jwks" {
  description = "Address of the signing keys of the issuer; empty: its discovery document names it."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.oidc_jwks == "" || (startswith(var.oidc_jwks, "https://") && var.oidc_issuer != "")
    error_message = "oidc_jwks is an https:// address, and needs oidc_issuer."
  }
}

variable "oidc_roles" {
  description = "Roles or scopes, one of which a token must have, by commas; empty: every token for the audience."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition     = var.oidc_roles == "" || var.oidc_issuer != ""
    error_message = "oidc_roles needs oidc_issuer."
  }
}

variable "allowed_networks" {
  description = "Private networks, such as 10.1.0.0/16, that addresses given by clients may reach."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.allowed_networks) <= 50 && alltrue([for network in var.allowed_networks : can(cidrhost(network, 0))])
    error_message = "allowed_networks has at most 50 networks, such as 10.1.0.0/16."
  }
}

variable "settings" {
  description = "Further settings of Sotto by name, all text, no secrets. Of those that the template sets they replace SOTTO_QUEUE_LIMIT and SOTTO_MAX_UPLOAD_BYTES only."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.settings) : startswith(name, "SOTTO_")])
    error_message = "settings has names that begin with SOTTO_."
  }
  validation {
    # Settings are in the state: a key is named where it lies.
    condition     = alltrue([for name, value in var.settings : !endswith(name, "_KEY") || startswith(value, "@Microsoft.KeyVault(")])
    error_message = "A setting whose name ends in _KEY is a reference to a key vault."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
  nullable    = false
}
