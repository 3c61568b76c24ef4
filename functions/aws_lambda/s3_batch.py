"""Files dropped into S3 on AWS Lambda: `functions.aws_lambda.s3_batch.handler`.

Each becomes a job and a message for `sqs_work`. Nothing is recognised here: no model is loaded,
and none of its libraries imported.
"""

from functions.aws_lambda.batch_setup import open_function_batch
from functions.aws_lambda.drop_handler import DropHandler, bucket_folders
from functions.aws_lambda.start import Handler, start_batch
from shared.settings import Settings


def _make(settings: Settings) -> Handler:
    batch = open_function_batch(settings)
    return DropHandler(batch, bucket_folders(settings, batch))


handler = start_batch(_make)
