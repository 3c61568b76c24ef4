# The repository of the image: a deployment of its own, since an image has to be there before a function is made of it.

terraform {
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.69"
    }
  }
}

provider "aws" {
  region = var.location

  default_tags {
    tags = { application = "sotto" }
  }
}

variable "location" {
  description = "Region of the functions, such as eu-central-1: Lambda takes images of its own region only."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.location))
    error_message = "location must be the name of a region, such as eu-central-1."
  }
}

variable "repository_name" {
  description = "Name of the repository."
  type        = string
  nullable    = false
  default     = "sotto"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._/-]{1,254}$", var.repository_name))
    error_message = "repository_name must be lower-case letters, digits and the characters . _ / -."
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

resource "aws_ecr_repository" "sotto" {
  # checkov:skip=CKV_AWS_136: the image has code and public models, nothing secret; ECR encrypts it with a key of AWS
  name                 = var.repository_name
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }
}

# Ten images: an upgrade and some ways back.
resource "aws_ecr_lifecycle_policy" "sotto" {
  repository = aws_ecr_repository.sotto.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the newest ten."
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 10 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_ecr_repository_policy" "lambda" {
  repository = aws_ecr_repository.sotto.name
  policy     = data.aws_iam_policy_document.lambda.json
}

data "aws_iam_policy_document" "lambda" {
  # Lambda fetches the image for functions of this account. Without this statement it would add one by itself.
  statement {
    sid     = "FunctionsOfThisAccount"
    actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${data.aws_partition.current.partition}:lambda:${var.location}:${data.aws_caller_identity.current.account_id}:function:*"]
    }
  }
}

output "repository_url" {
  description = "Address to push the image to, without a tag."
  value       = aws_ecr_repository.sotto.repository_url
}
