# Behind private_networking: two subnets without a way to the internet. Functions reach S3, SQS and Secrets
# Manager through endpoints, and nothing else: no audioUrl outside of this network, no web hook, no issuer of
# tokens. KMS and CloudWatch need no endpoint: S3, SQS and Secrets Manager call KMS themselves, and
# Lambda, not the function, ships log lines.

locals {
  n_networks = var.private_networking ? 1 : 0
  n_subnets  = var.private_networking ? 2 : 0
}

data "aws_availability_zones" "available" {
  count = local.n_networks

  state = "available"
}

resource "aws_vpc" "sotto" {
  # checkov:skip=CKV2_AWS_11: flow logs would hold the addresses of every connection; there is no way out to watch
  count = local.n_networks

  cidr_block           = var.address_prefix
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = local.name }
}

# Its own group, which everything without another one gets, lets nothing through.
resource "aws_default_security_group" "none" {
  count = local.n_networks

  vpc_id = aws_vpc.sotto[0].id
}

resource "aws_subnet" "private" {
  count = local.n_subnets

  vpc_id            = aws_vpc.sotto[0].id
  availability_zone = element(data.aws_availability_zones.available[0].names, count.index)
  cidr_block        = cidrsubnet(var.address_prefix, 4, count.index)

  tags = { Name = "${local.name}-${count.index + 1}" }
}

resource "aws_route_table" "private" {
  count = local.n_networks

  vpc_id = aws_vpc.sotto[0].id

  tags = { Name = local.name }
}

resource "aws_route_table_association" "private" {
  count = local.n_subnets

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[0].id
}

# --- Endpoints ---

resource "aws_vpc_endpoint" "s3" {
  count = local.n_networks

  vpc_id            = aws_vpc.sotto[0].id
  service_name      = "com.amazonaws.${var.location}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private[0].id]
  policy            = data.aws_iam_policy_document.s3_endpoint.json

  tags = { Name = "${local.name}-s3" }
}

# The roles say who may do it; the endpoints say that it ends at our resources.
data "aws_iam_policy_document" "s3_endpoint" {
  # Our three buckets: what the four roles have together.
  statement {
    sid     = "OurBuckets"
    actions = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = flatten([
      for bucket in aws_s3_bucket.sotto : [bucket.arn, "${bucket.arn}/*"]
    ])

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "sqs_endpoint" {
  # Our queues. Lambda takes from them outside of this network.
  statement {
    sid       = "OurQueues"
    actions   = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
    resources = [for queue in local.queues : queue.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

data "aws_iam_policy_document" "secretsmanager_endpoint" {
  # The clients' keys.
  statement {
    sid       = "OurSecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.keys.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.private_networking ? {
    sqs            = data.aws_iam_policy_document.sqs_endpoint.json
    secretsmanager = data.aws_iam_policy_document.secretsmanager_endpoint.json
  } : {}

  vpc_id              = aws_vpc.sotto[0].id
  service_name        = "com.amazonaws.${var.location}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = aws_security_group.endpoints[*].id
  policy              = each.value

  tags = { Name = "${local.name}-${each.key}" }
}

# --- Connections: functions to endpoints, by HTTPS ---

resource "aws_security_group" "functions" {
  count = local.n_networks

  name        = "${local.name}-functions"
  description = "Functions of Sotto."
  vpc_id      = aws_vpc.sotto[0].id

  tags = { Name = "${local.name}-functions" }
}

resource "aws_security_group" "endpoints" {
  count = local.n_networks

  name        = "${local.name}-endpoints"
  description = "Endpoints of SQS and Secrets Manager."
  vpc_id      = aws_vpc.sotto[0].id

  tags = { Name = "${local.name}-endpoints" }
}

resource "aws_vpc_security_group_egress_rule" "to_endpoints" {
  count = local.n_networks

  security_group_id            = aws_security_group.functions[0].id
  description                  = "SQS and Secrets Manager"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.endpoints[0].id
}

resource "aws_vpc_security_group_egress_rule" "to_s3" {
  count = local.n_networks

  security_group_id = aws_security_group.functions[0].id
  description       = "S3"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  prefix_list_id    = aws_vpc_endpoint.s3[0].prefix_list_id
}

resource "aws_vpc_security_group_egress_rule" "to_allowed_networks" {
  for_each = var.private_networking ? toset(var.allowed_networks) : toset([])

  security_group_id = aws_security_group.functions[0].id
  description       = "Addresses of clients in allowed_networks"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = each.key
}

resource "aws_vpc_security_group_ingress_rule" "from_functions" {
  count = local.n_networks

  security_group_id            = aws_security_group.endpoints[0].id
  description                  = "Functions of Sotto"
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  referenced_security_group_id = aws_security_group.functions[0].id
}
