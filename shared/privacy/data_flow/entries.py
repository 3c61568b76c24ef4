"""Entries and places that several features have."""

from shared.privacy.data_flow.flow import Command, Place, Platform, Route, Trigger

MEMORY, CLIENT = (Place.MEMORY,), (Place.MEMORY, Place.CLIENT)

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
