terraform {
  # 1.11 has write-only arguments: the clients' keys never are in the state.
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
    tags = local.tags
  }
}
