# Wakes `purge`. The schedule has no input of its own: Sotto knows it by the event that Scheduler sends then.

locals {
  purge_every_minutes = var.purge_every_seconds / 60
}

resource "aws_scheduler_schedule_group" "sotto" {
  name = local.name
}

resource "aws_scheduler_schedule" "purge" {
  # checkov:skip=CKV_AWS_297: a schedule holds no content; it has no input
  name        = "${local.name}-purge"
  group_name  = aws_scheduler_schedule_group.sotto.name
  description = "Purges expired jobs."

  schedule_expression = local.purge_every_minutes == 1 ? "rate(1 minute)" : "rate(${local.purge_every_minutes} minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.sotto["purge"].arn
    role_arn = aws_iam_role.schedule.arn

    # The next time is soon enough.
    retry_policy {
      maximum_retry_attempts       = 1
      maximum_event_age_in_seconds = 60
    }
  }

  depends_on = [aws_iam_role_policy.schedule]
}

# A purge that has failed is not repeated: the next one continues.
resource "aws_lambda_function_event_invoke_config" "purge" {
  function_name                = aws_lambda_function.sotto["purge"].function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}
