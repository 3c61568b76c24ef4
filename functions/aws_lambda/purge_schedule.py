"""Purge of expired jobs on AWS Lambda: `functions.aws_lambda.purge_schedule.handler`.

Woken by a schedule of EventBridge. Takes the dead letters into the reports of their jobs, too.
No model is loaded for either.
"""

from functions.aws_lambda.batch_setup import open_function_batch
from functions.aws_lambda.purge_handler import PurgeHandler
from functions.aws_lambda.start import Handler, start_batch
from shared.jobs.worker import JobWorker
from shared.settings import Settings
from shared.transcription.local_transcriber import LocalTranscriber


def _make(settings: Settings) -> Handler:
    batch = open_function_batch(settings)
    return PurgeHandler(batch, JobWorker(batch, LocalTranscriber(settings)))


handler = start_batch(_make)
