"""Batch work on AWS Lambda: `functions.aws_lambda.sqs_work.handler`.

Takes the messages of the work queue. The model is loaded while this module is imported, in the
initialisation, as in `http`.
"""

from functions.aws_lambda.batch_places import open_function_batch
from functions.aws_lambda.queued_work import WorkHandler
from functions.aws_lambda.start import Handler, ModelLoading, start_batch
from shared.jobs.work import Work
from shared.recognition.recogniser import Recogniser
from shared.settings import Settings


def _make(settings: Settings) -> Handler:
    recogniser = Recogniser(settings)
    loading = ModelLoading(recogniser, settings)
    batch = open_function_batch(settings)
    handler = WorkHandler(Work(batch, recogniser), batch.queue, recogniser.load)
    loading.wait()
    return handler


handler = start_batch(_make)
