"""Features of batch work, which stores what they need."""

from shared.privacy.data_flow.entries import CLIENT, MEMORY, WORK_ON_FILES, managed
from shared.privacy.data_flow.flow import (
    Command,
    Condition,
    Data,
    Feature,
    Flow,
    Place,
    Platform,
    Route,
    Stay,
    Trigger,
)

BATCH: tuple[Feature, ...] = (
    Feature(
        "Jobs",
        (
            Route("POST", "/speechtotext/transcriptions:submit"),
            Route("POST", "/speechtotext/{version}/transcriptions"),
            *managed("GET", "/transcriptions"),
            *managed("GET", "/transcriptions/{job_id}"),
            *managed("PATCH", "/transcriptions/{job_id}"),
            *managed("DELETE", "/transcriptions/{job_id}"),
        ),
        (
            Flow(
                (Data.ADDRESSES, Data.FILE_NAMES, Data.LABELS),
                (Place.JOBS,),
                Stay.JOB,
                source=Place.CLIENT,
                settings=("SOTTO_JOBS",),
            ),
            Flow((Data.LABELS, Data.IDENTIFIERS), (Place.CLIENT,), Stay.RECEIVER),
            Flow((Data.IDENTIFIERS,), (Place.QUEUE,), Stay.WORK, settings=("SOTTO_QUEUE",)),
            Flow((Data.IDENTIFIERS,), (Place.JOBS,), Stay.TOMBSTONE),
        ),
    ),
    Feature(
        "Work on jobs",
        WORK_ON_FILES,
        (
            Flow(
                (Data.ADDRESSES,),
                (Place.NAMED_SERVER,),
                Stay.RECEIVER,
                source=Place.JOBS,
                settings=("SOTTO_ALLOWED_NETWORKS",),
            ),
            Flow((Data.AUDIO,), MEMORY, Stay.FILE, source=Place.NAMED_SERVER),
            Flow(
                (Data.TRANSCRIPT, Data.FILE_NAMES),
                (Place.JOBS,),
                Stay.JOB,
                settings=("SOTTO_JOBS",),
            ),
            Flow((Data.TRANSCRIPT, Data.FILE_NAMES), (Place.DESTINATION,), Stay.RECEIVER),
        ),
    ),
    Feature(
        "Results of jobs",
        (
            *managed("GET", "/transcriptions/{job_id}/files"),
            *managed("GET", "/transcriptions/{job_id}/files/{file_id}"),
            Route("GET", "/speechtotext/transcriptions/{job_id}/files/{file_id}/content"),
        ),
        (
            Flow(
                (Data.TRANSCRIPT, Data.FILE_NAMES, Data.ADDRESSES),
                CLIENT,
                Stay.REQUEST,
                source=Place.JOBS,
            ),
        ),
    ),
    Feature(
        "Drop folders: notice of a file",
        (
            Trigger(Platform.CONTAINER, "folder-watch"),
            Trigger(Platform.FUNCTIONS, "drop_{folder}"),
            Trigger(Platform.FUNCTIONS, "dropped"),
            Trigger(Platform.LAMBDA, "s3_batch"),
        ),
        (
            Flow(
                (Data.FILE_NAMES,),
                (Place.JOBS,),
                Stay.TIME_TO_LIVE,
                source=Place.INPUTS,
                settings=("SOTTO_DROP_FOLDERS", "SOTTO_TIME_TO_LIVE"),
            ),
            Flow((Data.IDENTIFIERS,), (Place.QUEUE,), Stay.WORK, settings=("SOTTO_QUEUE",)),
            # Of the platforms: S3's events and Event Grid's have the name of the file.
            Flow((Data.FILE_NAMES,), (Place.EVENTS,), Stay.EVENT, settings=("SOTTO_BLOB_TRIGGER",)),
            Flow(
                (Data.FILE_NAMES,),
                (Place.HOST_STORAGE,),
                Stay.OPERATOR,
                only_with=Condition("SOTTO_BLOB_TRIGGER", ("event_grid", "polling")),
            ),
        ),
    ),
    Feature(
        "Drop folders: work on a file",
        WORK_ON_FILES,
        (
            Flow((Data.AUDIO,), MEMORY, Stay.FILE, source=Place.INPUTS),
            Flow(
                (Data.TRANSCRIPT, Data.FILE_NAMES),
                (Place.OUTPUTS,),
                Stay.TIME_TO_LIVE,
                settings=("SOTTO_DROP_FOLDERS", "SOTTO_TIME_TO_LIVE"),
            ),
        ),
    ),
    Feature(
        "Dead letters",
        (
            Trigger(Platform.CONTAINER, "scheduler"),
            Trigger(Platform.FUNCTIONS, "buried"),
            Trigger(Platform.LAMBDA, "purge_schedule"),
        ),
        (
            Flow(
                (Data.IDENTIFIERS,),
                (Place.DEAD_LETTERS,),
                Stay.REPORT,
                source=Place.QUEUE,
                settings=("SOTTO_DEAD_LETTERS",),
            ),
            Flow(
                (Data.FILE_NAMES,),
                (Place.JOBS, Place.OUTPUTS),
                Stay.TIME_TO_LIVE,
                settings=("SOTTO_TIME_TO_LIVE",),
            ),
            Flow((Data.FOREIGN,), (Place.DEAD_LETTERS,), Stay.OPERATOR, source=Place.QUEUE),
        ),
    ),
    Feature(
        "Purge",
        (
            Trigger(Platform.CONTAINER, "scheduler"),
            Trigger(Platform.FUNCTIONS, "purge"),
            Trigger(Platform.LAMBDA, "purge_schedule"),
            Command("purge"),
        ),
        (
            Flow(
                (Data.IDENTIFIERS, Data.FILE_NAMES),
                (Place.JOBS,),
                Stay.TOMBSTONE,
                settings=("SOTTO_PURGE_EVERY_S",),
            ),
        ),
    ),
    Feature(
        "Web hooks",
        (
            *managed("POST", "/webhooks"),
            *managed("GET", "/webhooks"),
            *managed("GET", "/webhooks/{hook_id}"),
            *managed("PATCH", "/webhooks/{hook_id}"),
            *managed("DELETE", "/webhooks/{hook_id}"),
            *managed("POST", "/webhooks/{hook_id}:ping"),
            *managed("POST", "/webhooks/{hook_id}:test"),
            Route("POST", "/speechtotext/{version}/webhooks/{hook_id}/ping"),
            Route("POST", "/speechtotext/{version}/webhooks/{hook_id}/test"),
        ),
        (
            Flow(
                (Data.HOOK_SECRETS, Data.ADDRESSES, Data.LABELS),
                (Place.JOBS,),
                Stay.DELETION,
                source=Place.CLIENT,
                settings=("SOTTO_JOBS",),
            ),
            Flow((Data.ADDRESSES, Data.LABELS), (Place.CLIENT,), Stay.RECEIVER),
            Flow((Data.IDENTIFIERS,), (Place.QUEUE,), Stay.WORK, settings=("SOTTO_QUEUE",)),
        ),
    ),
    Feature(
        "Notices to web hooks",
        (
            Trigger(Platform.CONTAINER, "worker-notices"),
            Trigger(Platform.FUNCTIONS, "notices"),
            Trigger(Platform.LAMBDA, "sqs_work"),
            Command("worker"),
        ),
        (
            Flow(
                (Data.IDENTIFIERS,),
                (Place.HOOK,),
                Stay.RECEIVER,
                source=Place.QUEUE,
                settings=("SOTTO_ALLOWED_NETWORKS",),
            ),
        ),
    ),
)
