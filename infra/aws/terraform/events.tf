# Each object that is written into a drop folder becomes a message of the queue `dropped`.

resource "aws_s3_bucket_notification" "input" {
  bucket = aws_s3_bucket.sotto["input"].id

  dynamic "queue" {
    for_each = toset(var.drop_folders)

    content {
      id            = "dropped-${queue.key}"
      queue_arn     = aws_sqs_queue.dropped.arn
      events        = ["s3:ObjectCreated:*"]
      filter_prefix = "${queue.key}/"
    }
  }

  # S3 tries the queue out when the notification is set up.
  depends_on = [aws_sqs_queue_policy.dropped, aws_kms_key_policy.sotto]
}
