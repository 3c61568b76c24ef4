# Names are those of the other deployments, where the subject is the same.

# --- What is deployed, and where ---

variable "environment_name" {
  description = "Name of the deployment, unique in an account: every resource is called sotto- and this name."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.environment_name))
    error_message = "environment_name must have 2 to 12 lower-case letters and digits, and begin with a letter."
  }
}

variable "location" {
  description = "Region, such as eu-central-1."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.location))
    error_message = "location must be the name of a region, such as eu-central-1."
  }
}

variable "image_uri" {
  description = "Image of the target `lambda` in a repository of ECR in this region, by digest (best: it cannot move) or tag."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}\\.dkr\\.ecr\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?/[a-z0-9._/-]+(@sha256:[0-9a-f]{64}|:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})$", var.image_uri))
    error_message = "image_uri must name an image of ECR with a digest or a tag: <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 digits>, or ...:<tag>."
  }
}

# --- Clients ---

variable "client_keys" {
  description = "Keys that clients may present, separated by commas. Needed for plan and apply; never in the plan or the state."
  type        = string
  nullable    = false
  sensitive   = true
  ephemeral   = true

  validation {
    condition     = alltrue([for key in split(",", var.client_keys) : length(trimspace(key)) >= 16])
    error_message = "client_keys must be keys of at least 16 characters each, separated by commas."
  }
}

variable "client_keys_version" {
  description = "Raise it by one to store client_keys again after they have changed. The function `http` starts anew then."
  type        = number
  nullable    = false
  default     = 1

  validation {
    condition     = var.client_keys_version >= 1 && floor(var.client_keys_version) == var.client_keys_version
    error_message = "client_keys_version must be a whole number from 1 on."
  }
}

variable "oidc_issuer" {
  description = "Issuers (OpenID Connect) of access tokens that clients may present instead of a key, by commas."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = alltrue([for issuer in compact(split(",", var.oidc_issuer)) : startswith(trimspace(issuer), "https://")])
    error_message = "oidc_issuer must be https:// addresses, by commas."
  }
}

variable "oidc_audience" {
  description = "Audiences, one of which a token must name, by commas. Needed with oidc_issuer."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = (var.oidc_issuer == "") == (var.oidc_audience == "")
    error_message = "oidc_issuer and oidc_audience belong together: set both or neither."
  }
}

variable "oidc_jwks" {
  description = "Address of the issuer's signing keys. Empty: the discovery document of each issuer names it."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = var.oidc_jwks == "" || (startswith(var.oidc_jwks, "https://") && var.oidc_issuer != "")
    error_message = "oidc_jwks must be an https:// address, and needs oidc_issuer."
  }
}

variable "oidc_roles" {
  description = "Roles or scopes, one of which a token must have, by commas. Empty: every token of the issuer for the audience."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = var.oidc_roles == "" || var.oidc_issuer != ""
    error_message = "oidc_roles needs oidc_issuer."
  }
}

variable "allowed_networks" {
  description = "Private networks that addresses of clients (audioUrl) may reach, such as 10.1.0.0/16."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for network in var.allowed_networks : can(cidrhost(network, 0))])
    error_message = "allowed_networks must be networks such as 10.1.0.0/16."
  }
}

variable "public_url" {
  description = "Public address of the service where something stands in front of the function URL. Empty: the function URL."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = var.public_url == "" || startswith(var.public_url, "https://")
    error_message = "public_url must be an https:// address."
  }
}

# --- Batch work ---

variable "drop_folders" {
  description = "Drop folders: each is a prefix of the input bucket, and the same prefix of the output bucket."
  type        = list(string)
  nullable    = false
  default     = ["calls"]

  validation {
    condition     = length(var.drop_folders) >= 1 && alltrue([for name in var.drop_folders : can(regex("^[a-z][a-z0-9-]{0,31}$", name))])
    error_message = "drop_folders must be one or more names of up to 32 lower-case letters, digits and hyphens that begin with a letter."
  }

  validation {
    condition     = length(distinct(var.drop_folders)) == length(var.drop_folders)
    error_message = "drop_folders must not name a folder twice."
  }
}

variable "time_to_live" {
  description = "Time to live of transcripts of dropped files, an ISO 8601 duration up to P31D. Empty: until you delete them, or output_lifetime_days."
  type        = string
  nullable    = false
  default     = "P7D"

  validation {
    condition     = var.time_to_live == "" || can(regex("^P([0-9]+W|([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?)$", var.time_to_live))
    error_message = "time_to_live must be an ISO 8601 duration up to P31D, such as P7D or PT12H."
  }

  validation {
    condition     = try(tonumber(regex("^P([0-9]+)D", var.time_to_live)[0]) <= 31, true) && try(tonumber(regex("^P([0-9]+)W", var.time_to_live)[0]) <= 4, true)
    error_message = "time_to_live must be up to P31D."
  }
}

variable "purge_every_seconds" {
  description = "Seconds between two purges of expired jobs. A schedule has whole minutes."
  type        = number
  nullable    = false
  default     = 300

  validation {
    condition     = var.purge_every_seconds >= 60 && var.purge_every_seconds <= 86400 && var.purge_every_seconds % 60 == 0
    error_message = "purge_every_seconds must be whole minutes, from 60 to 86400 seconds."
  }
}

variable "output_lifetime_days" {
  description = "Age at which S3 itself deletes transcripts and records of jobs: the second line behind the purge, so at least a day more than the longest time to live."
  type        = number
  nullable    = false
  default     = 32

  validation {
    condition     = var.output_lifetime_days >= 32 && floor(var.output_lifetime_days) == var.output_lifetime_days
    error_message = "output_lifetime_days must be a whole number from 32 on: a time to live may be 31 days."
  }
}

# --- Functions ---

variable "model" {
  description = "Whisper model of the functions `http` and `work`. The image must contain it."
  type        = string
  nullable    = false
  default     = "base"
}

variable "memory_mb" {
  description = "Memory of `http` and `work`. Each 1,769 MB are one processor; the base model needs 1,769."
  type        = number
  nullable    = false
  default     = 3538

  validation {
    condition     = var.memory_mb >= 1769 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 1769 to 10240."
  }
}

variable "http_timeout_seconds" {
  description = "Longest time of one request. A client past it gets AudioLengthLimitExceeded."
  type        = number
  nullable    = false
  default     = 300

  validation {
    condition     = var.http_timeout_seconds >= 29 && var.http_timeout_seconds <= 900
    error_message = "http_timeout_seconds must be from 29 to 900."
  }
}

variable "http_reserved_concurrency" {
  description = "Most requests at the same time, taken from the account's concurrency. -1: as many as the account has."
  type        = number
  nullable    = false
  default     = -1

  validation {
    condition     = var.http_reserved_concurrency == -1 || var.http_reserved_concurrency >= 1
    error_message = "http_reserved_concurrency must be -1 or at least 1."
  }
}

variable "purge_reserved_concurrency" {
  description = "1: two purges never run side by side. -1 for an account whose concurrency is too low to reserve any (new ones have 10)."
  type        = number
  nullable    = false
  default     = 1

  validation {
    condition     = contains([-1, 1], var.purge_reserved_concurrency)
    error_message = "purge_reserved_concurrency must be 1 or -1."
  }
}

variable "work_maximum_concurrency" {
  description = "Files that are transcribed at the same time."
  type        = number
  nullable    = false
  default     = 10

  validation {
    condition     = var.work_maximum_concurrency >= 2 && var.work_maximum_concurrency <= 1000
    error_message = "work_maximum_concurrency must be from 2 to 1000: Lambda takes no other numbers."
  }
}

variable "settings" {
  description = "Further SOTTO_ settings of all functions, by name. No secrets: environment variables are readable by who may describe a function."
  type        = map(string)
  nullable    = false
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.settings) : startswith(name, "SOTTO_")])
    error_message = "settings must be named SOTTO_..."
  }

  validation {
    condition = length(setintersection(keys(var.settings), [
      "SOTTO_ALLOWED_NETWORKS", "SOTTO_DEAD_LETTERS", "SOTTO_DROP_FOLDERS", "SOTTO_JOBS", "SOTTO_KEYS_SECRET", "SOTTO_MODEL",
      "SOTTO_OIDC_AUDIENCE", "SOTTO_OIDC_ISSUER", "SOTTO_OIDC_JWKS", "SOTTO_OIDC_ROLES", "SOTTO_PUBLIC_URL", "SOTTO_QUEUE",
      "SOTTO_TIME_TO_LIVE",
    ])) == 0
    error_message = "settings must not name a setting that this module sets itself: use its variable."
  }

  validation {
    condition     = length(setintersection(keys(var.settings), ["SOTTO_KEYS", "SOTTO_AZURE_SPEECH_KEY", "SOTTO_AZURE_TRANSLATOR_KEY", "SOTTO_STORAGE"])) == 0
    error_message = "settings must not carry secrets: client_keys are stored in Secrets Manager."
  }
}

# --- Network ---

variable "private_networking" {
  description = "Put all functions into private subnets whose only ways out are endpoints of S3, SQS and Secrets Manager."
  type        = bool
  nullable    = false
  default     = false
}

variable "address_prefix" {
  description = "Addresses of the private network."
  type        = string
  nullable    = false
  default     = "10.40.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.address_prefix, 4, 0)) && try(tonumber(split("/", var.address_prefix)[1]) <= 22, false)
    error_message = "address_prefix must be a network of at least 1024 addresses, such as 10.40.0.0/16."
  }
}

# --- Operation ---

variable "alert_emails" {
  description = "Addresses that alarms and the budget write to. Each must confirm its subscription."
  type        = list(string)
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "alert_emails must be e-mail addresses."
  }
}

variable "latency_alarm_ms" {
  description = "An alarm is raised when the 95th percentile of the time of requests stays above this for a quarter of an hour."
  type        = number
  nullable    = false
  default     = 30000

  validation {
    condition     = var.latency_alarm_ms >= 100 && var.latency_alarm_ms <= 900000
    error_message = "latency_alarm_ms must be from 100 to 900000: no request takes longer than a quarter of an hour."
  }
}

variable "oldest_message_alarm_seconds" {
  description = "An alarm is raised when a file waits longer than this for a worker."
  type        = number
  nullable    = false
  default     = 3600

  validation {
    condition     = var.oldest_message_alarm_seconds >= 60 && var.oldest_message_alarm_seconds <= 345600
    error_message = "oldest_message_alarm_seconds must be from 60 to 345600: events of dropped files are kept for four days."
  }
}

variable "monthly_budget" {
  description = "Budget in US dollars a month. Mail goes out at 80 % and when a forecast is above it. 0: none."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.monthly_budget >= 0
    error_message = "monthly_budget must not be negative."
  }

  validation {
    condition     = var.monthly_budget == 0 || length(var.alert_emails) > 0
    error_message = "monthly_budget needs alert_emails: only they receive its notifications."
  }
}

variable "log_retention_days" {
  description = "Days that log lines are kept."
  type        = number
  nullable    = false
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731: CloudWatch takes no others."
  }
}

variable "tags" {
  description = "Further tags of every resource."
  type        = map(string)
  nullable    = false
  default     = {}
}
