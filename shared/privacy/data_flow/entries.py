"""Entries and places that several features have."""

from shared.privacy.data_flow.flow import (
    Command,
    Condition,
    Data,
    Flow,
    Place,
    Platform,
    Route,
    Stay,
    Trigger,
)

MEMORY, CLIENT = (Place.MEMORY,), (Place.MEMORY, Place.CLIENT)
LOCALLY_SPOKEN = (Place.MEMORY, Place.PIPES)  # eSpeak NG runs in a process of its own
LOCALLY_TRANSLATED = (Place.MEMORY, Place.PIPES)  # Apertium's programs

WORK_ON_FILES = (
    Trigger(Platform.CONTAINER, "worker-files"),
    Trigger(Platform.FUNCTIONS, "work"),
    Trigger(Platform.LAMBDA, "sqs_work"),
    Command("worker"),
)
"""Triggers of the work on one file of a job or a drop folder."""


def managed(method: str, path: str) -> tuple[Route, Route]:
    """Routes of the management API, in both generations of the contract."""
    return (
        Route(method, f"/speechtotext{path}"),
        Route(method, f"/speechtotext/{{version}}{path}"),
    )


def to_translators(data: Data) -> tuple[Flow, ...]:
    """Flows of text to the translators of a cloud that the settings name."""
    return (
        Flow(
            (data,),
            (Place.AZURE_TRANSLATOR,),
            Stay.RECEIVER,
            only_with=Condition("SOTTO_TRANSLATORS", ("azure",)),
            settings=("SOTTO_AZURE_TRANSLATOR_ENDPOINT",),
        ),
        Flow(
            (data,),
            (Place.AMAZON_TRANSLATE,),
            Stay.RECEIVER,
            only_with=Condition("SOTTO_TRANSLATORS", ("amazon",)),
        ),
    )


def to_azure_voices(data: Data) -> Flow:
    """Flow of text to the voices of the cloud."""
    return Flow(
        (data,),
        (Place.AZURE_SPEECH,),
        Stay.RECEIVER,
        only_with=Condition("SOTTO_VOICES", ("azure",)),
        settings=("SOTTO_AZURE_SPEECH_ENDPOINT", "SOTTO_AZURE_SPEECH_REGION"),
    )
