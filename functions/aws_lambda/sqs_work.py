"""Batch work on AWS Lambda: `functions.aws_lambda.sqs_work.handler`.

Takes the messages of the work queue. The model is loaded while this module is imported, in the
initialisation, as in `http`.
"""

from functions.aws_lambda.batch_setup import open_function_batch
from functions.aws_lambda.start import INITIALISATION_S, Handler, start_batch
from functions.aws_lambda.work_handler import WorkHandler
from functions.model_loading import ModelLoading
from shared.jobs.worker import JobWorker
from shared.settings import Settings


def _make(settings: Settings) -> Handler:
    loading = ModelLoading(settings)
    batch = open_function_batch(settings)
    transcriber = loading.transcriber()
    handler = WorkHandler(JobWorker(batch, transcriber), batch.queue, transcriber.load)
    loading.wait(INITIALISATION_S)
    return handler


handler = start_batch(_make)
