output "endpoint" {
  description = "Address of the API."
  value       = trimsuffix(var.public_url == "" ? aws_lambda_function_url.http.function_url : var.public_url, "/")
}

output "input_bucket" {
  description = "Bucket where audio is dropped, under the name of a drop folder."
  value       = aws_s3_bucket.sotto["input"].id
}

output "output_bucket" {
  description = "Bucket where transcripts appear."
  value       = aws_s3_bucket.sotto["output"].id
}

output "jobs_bucket" {
  description = "Bucket of the records of jobs."
  value       = aws_s3_bucket.sotto["jobs"].id
}

output "work_queue_url" {
  description = "Address of the work queue."
  value       = aws_sqs_queue.work.url
}

output "dead_letter_queue_url" {
  description = "Address of the queue of dead letters."
  value       = aws_sqs_queue.dead.url
}

output "keys_secret_arn" {
  description = "Name of the secret with the clients' keys, not the keys."
  value       = aws_secretsmanager_secret.keys.arn
}

output "image_uri" {
  description = "Image that the functions run."
  value       = var.image_uri
}

output "alarm_topic_arn" {
  description = "Topic that alarms write to."
  value       = aws_sns_topic.alarms.arn
}
