"""Terms of the flow of data: entries into the program, kinds of data, places, times."""

from dataclasses import dataclass
from enum import StrEnum


class Data(StrEnum):
    """Kind of data.

    TEXT: to translate or to speak, to read for an assessment, and phrases that are likely.
    LABELS: display names, descriptions, custom properties.
    IDENTIFIERS: of jobs, hooks and invocations, and numbers of files.
    FOREIGN: messages that Sotto did not write.
    MEASURES: also counts, statuses, and names of routes, events and models.
    """

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    TEXT = "text"
    TRANSLATION = "translation"
    SPEECH = "spoken text"
    SCORES = "scores of pronunciation"
    EMBEDDINGS = "voice embeddings"
    FILE_NAMES = "file names"
    ADDRESSES = "addresses with signatures"
    LABELS = "labels"
    KEYS = "keys of clients"
    TOKENS = "tokens"
    HOOK_SECRETS = "secrets of web hooks"
    IDENTIFIERS = "ids"
    FOREIGN = "foreign messages"
    MEASURES = "sizes and times"
    NOTHING = "no data of callers"


CONTENT = frozenset(
    {
        Data.AUDIO,
        Data.TRANSCRIPT,
        Data.TEXT,
        Data.TRANSLATION,
        Data.SPEECH,
        Data.SCORES,
        Data.EMBEDDINGS,
    }
)
"""Data that have the voice, the words or the abilities of a person."""


class Place(StrEnum):
    """Place that data are in or go to."""

    MEMORY = "memory of the process"
    PIPES = "programs on the same machine"
    CLIENT = "client"
    TERMINAL = "terminal"
    NAMED_FILES = "files that the command names"
    NAMED_SERVER = "server that the client names"
    INPUTS = "input container"
    JOBS = "container of jobs"
    OUTPUTS = "output container"
    DESTINATION = "container that the client names"
    QUEUE = "work queue"
    DEAD_LETTERS = "dead letters"
    EVENTS = "queue of storage events (Functions, Lambda)"
    HOST_STORAGE = "storage of the Functions host"
    HOOK = "address of the web hook"
    PLATFORM = "front end of the cloud platform"
    AZURE_SPEECH = "Azure Speech"
    AZURE_TRANSLATOR = "Azure AI Translator"
    AMAZON_TRANSLATE = "Amazon Translate"
    ISSUER = "identity provider"
    SECRETS = "secret of AWS Secrets Manager"
    MODEL_SOURCE = "source of models"
    LOG = "log"
    MONITORING = "monitoring system"
    COLLECTOR = "collector of traces"


IN_MEMORY = frozenset({Place.MEMORY, Place.PIPES, Place.CLIENT, Place.TERMINAL})
"""Places of data that are neither stored nor sent to another party than the caller."""


STORES = (
    Place.INPUTS,
    Place.JOBS,
    Place.OUTPUTS,
    Place.QUEUE,
    Place.DEAD_LETTERS,
    Place.EVENTS,
    Place.HOST_STORAGE,
)
"""Places of the operator in which data lie between two pieces of work."""


class Stay(StrEnum):
    """How long data stay at their places, as far as Sotto decides it."""

    REQUEST = "until the answer is sent"
    TURN = "until the turn ends"
    CALL = "until the answer is sent or the turn ends"
    LABELLING = "until the request, the turn or the file ends"
    FILE = "while the file is transcribed"
    PROCESS = "while the process runs"
    TEN_MINUTES = "10 minutes, in no store"
    TIME_TO_LIVE = "until the time to live is over; without one until you delete it"
    JOB = "until the time to live is over, or `DELETE`"
    DELETION = "until `DELETE`"
    TOMBSTONE = "15 days; longer while the file or an output that cannot be reached is there"
    REPORT = "until the report of the job has the reason; in SQS 14 days at most"
    WORK = "until the work is done; in SQS 14 days at most"
    EVENT = "until the event is handled, within the retention of the queue"
    OPERATOR = "until you delete it"
    RECEIVER = "by the rules of the receiver"


class Platform(StrEnum):
    """Platform whose events start work."""

    CONTAINER = "container"
    FUNCTIONS = "Functions"
    LAMBDA = "Lambda"


@dataclass(frozen=True, slots=True)
class Route:
    """HTTP route; `HEAD` counts as `GET`. path: of the router, with the names of its parameters."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"`{self.method} {self.path}`"


@dataclass(frozen=True, slots=True)
class Socket:
    """WebSocket route."""

    path: str

    def __str__(self) -> str:
        return f"WebSocket `{self.path}`"


@dataclass(frozen=True, slots=True)
class Trigger:
    """Start of work without a route.

    name: of a function of the function app, of a handler's module in `functions/aws_lambda`, or
        of a thread of the container host.
    """

    platform: Platform
    name: str

    def __str__(self) -> str:
        return f"{self.platform} `{self.name}`"


@dataclass(frozen=True, slots=True)
class Command:
    """Command of the command line. words: those behind `sotto`."""

    words: str

    def __str__(self) -> str:
        return f"`sotto {self.words}`"


Entry = Route | Socket | Trigger | Command


@dataclass(frozen=True, slots=True)
class Condition:
    """Setting without which a flow does not exist.

    values: one of which it has to have; empty: it has to be set at all.
    """

    setting: str
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.values:
            return f"if `{self.setting}` is set"
        return f"if `{self.setting}` has {' or '.join(f'`{value}`' for value in self.values)}"


@dataclass(frozen=True, slots=True)
class Flow:
    """Data, where they go, and how long they stay there.

    source: place that they come from; None: they are made here, or come with another flow.
    only_with: the flow exists with this setting alone.
    settings: that change what flows, where to, or how long it stays.
    """

    data: tuple[Data, ...]
    to: tuple[Place, ...]
    stays: Stay
    source: Place | None = None
    only_with: Condition | None = None
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """Feature of the service.

    entries: routes, triggers and commands that lead to it; one may lead to several features.
    """

    name: str
    entries: tuple[Entry, ...]
    flows: tuple[Flow, ...]

    @property
    def has_content(self) -> bool:
        """Whether it touches the voice, the words or the abilities of a person."""
        return any(not CONTENT.isdisjoint(flow.data) for flow in self.flows)

    @property
    def is_in_memory(self) -> bool:
        """Whether nothing is stored or sent to others, unless a setting demands it."""
        always = [flow for flow in self.flows if flow.only_with is None]
        return not self.is_stored and all(IN_MEMORY.issuperset(flow.to) for flow in always)

    @property
    def is_stored(self) -> bool:
        """Whether it reads or writes a store."""
        places = {place for flow in self.flows for place in (flow.source, *flow.to)}
        return not places.isdisjoint(STORES)
