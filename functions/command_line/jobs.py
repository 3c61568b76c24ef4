"""`jobs submit|list|show|wait|delete`: batch jobs on any server of Azure's contract 2024-11-15."""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from shared.settings import Settings

if TYPE_CHECKING:
    from functions.command_line.server_client import ServerClient

KEY_VARIABLE = "SOTTO_CLIENT_KEY"
DEFAULT_SERVER = "http://127.0.0.1:5000"
DEFAULT_HOURS = 48
DEFAULT_EVERY_S = 5.0

JOBS = "/speechtotext/transcriptions"
VERSION = {"api-version": "2024-11-15"}
PAGE_SIZE = 100
ENDED = frozenset({"Succeeded", "Failed"})

_PROFANITY = {"masked": "Masked", "removed": "Removed", "tags": "Tags", "none": "None"}
_JOB_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


def add_commands(commands: Any) -> None:
    """Add `jobs` and its actions to the command line."""
    parser = commands.add_parser(
        "jobs",
        help="submit, list, watch and delete batch jobs on a server",
        description="Batch transcription on any server of the contract 2024-11-15. "
        "docs/batch-transcription.md explains the options.",
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_submit(actions)

    listing = _action(actions, "list", "list the jobs of the server", _list)
    listing.add_argument("--filter", metavar="TEXT", help="such as \"status eq 'Failed'\"")
    listing.add_argument("--json", action="store_true", help="print JSON")

    show = _action(actions, "show", "print a job as JSON", _show)
    show.add_argument("job_id", metavar="ID", type=_job_id)

    wait = _action(actions, "wait", "wait for the end of a job, and save its results", _wait)
    wait.add_argument("job_id", metavar="ID", type=_job_id)
    _add_waiting(wait)

    delete = _action(actions, "delete", "delete jobs with their results", _delete)
    delete.add_argument("job_ids", metavar="ID", nargs="+", type=_job_id)


def _add_submit(actions: Any) -> None:
    submit = _action(actions, "submit", "transcribe files behind addresses", _submit)
    submit.add_argument("addresses", metavar="URL", nargs="*", help="addresses of audio files")
    submit.add_argument(
        "--container", metavar="URL", help="instead: a container, with a signature for rl"
    )
    submit.add_argument("--name", default="sotto jobs submit", help="shown in lists")
    submit.add_argument("--locale", default="en-US", help="default: en-US")
    submit.add_argument(
        "--candidates", metavar="LOCALES", type=_comma_separated, default=(),
        help="2 to 10 by commas: find the language of each phrase",
    )  # fmt: skip
    submit.add_argument("--speakers", type=int, metavar="N", help="label up to N speakers")
    submit.add_argument("--words", action="store_true", help="times of words")
    submit.add_argument("--profanity", choices=_PROFANITY, default="masked")
    submit.add_argument(
        "--hours", type=int, default=DEFAULT_HOURS, metavar="N",
        help=f"hours until the results are deleted, 6 to 744; default: {DEFAULT_HOURS}",
    )  # fmt: skip
    submit.add_argument(
        "--destination", metavar="URL", help="a container for results, with a signature for cw"
    )
    submit.add_argument("--wait", action="store_true", help="wait for the end of the job")
    _add_waiting(submit)


def _action(actions: Any, name: str, text: str, run: Callable[..., int]) -> Any:
    parser = actions.add_parser(name, help=text)
    parser.add_argument(
        "--server", metavar="URL", default=DEFAULT_SERVER, help=f"default: {DEFAULT_SERVER}"
    )
    parser.add_argument(
        "--key", help=f"a key of the server; default: {KEY_VARIABLE}, which other users cannot see"
    )
    parser.set_defaults(run=run, reads_settings=False)
    return parser


def _add_waiting(parser: Any) -> None:
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="save transcripts and report in this folder"
    )
    parser.add_argument(
        "--every", type=float, default=DEFAULT_EVERY_S, metavar="S",
        help=f"seconds between two looks at the job; default: {DEFAULT_EVERY_S:g}",
    )  # fmt: skip


def _submit(parsed: argparse.Namespace, _settings: Settings) -> int:
    from functions.command_line.server_client import ServerError  # noqa: PLC0415

    if bool(parsed.addresses) == (parsed.container is not None):
        raise ServerError("Give either addresses of files, or --container.")
    for address in parsed.addresses:
        if "://" not in address:
            raise ServerError(
                f"{address} is no address: the server reads https:// addresses. `sotto transcribe` "
                "transcribes files of this machine; the drop folder of a server takes them, too."
            )
    with _client(parsed) as client:
        answer = client.call("POST", f"{JOBS}:submit", params=VERSION, body=definition(parsed))
        job_id = job_id_of(answer.json())
        if not parsed.wait and parsed.output is None:
            print(job_id)
            return 0
        print(job_id, file=sys.stderr)
        return _follow(client, job_id, parsed)


def definition(parsed: argparse.Namespace) -> dict[str, Any]:
    """Return the body of the request that the arguments describe."""
    properties: dict[str, Any] = {
        "timeToLiveHours": parsed.hours,
        "profanityFilterMode": _PROFANITY[parsed.profanity],
        "wordLevelTimestampsEnabled": parsed.words,
    }
    if parsed.speakers is not None:
        properties["diarization"] = {"enabled": True, "maxSpeakers": parsed.speakers}
    if parsed.candidates:
        locales = list(dict.fromkeys((parsed.locale, *parsed.candidates)))
        properties["languageIdentification"] = {"candidateLocales": locales, "mode": "Continuous"}
    if parsed.destination is not None:
        properties["destinationContainerUrl"] = parsed.destination
    body = {"displayName": parsed.name, "locale": parsed.locale, "properties": properties}
    if parsed.container is not None:
        return body | {"contentContainerUrl": parsed.container}
    return body | {"contentUrls": parsed.addresses}


def _list(parsed: argparse.Namespace, _settings: Settings) -> int:
    with _client(parsed) as client:
        jobs = list(_pages(client, JOBS, {"filter": parsed.filter} if parsed.filter else {}))
    if parsed.json:
        print(json.dumps(jobs, indent=2))
        return 0
    rows: list[tuple[str, ...]] = [("ID", "STATUS", "CREATED", "LOCALE", "NAME")]
    rows += [
        (
            job_id_of(job),
            *(str(job.get(name, "")) for name in ("status", "createdDateTime", "locale")),
            _plain(str(job.get("displayName", ""))),
        )
        for job in jobs
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return 0


def _show(parsed: argparse.Namespace, _settings: Settings) -> int:
    with _client(parsed) as client:
        print(json.dumps(_job(client, parsed.job_id), indent=2))
    return 0


def _wait(parsed: argparse.Namespace, _settings: Settings) -> int:
    with _client(parsed) as client:
        return _follow(client, parsed.job_id, parsed)


def _delete(parsed: argparse.Namespace, _settings: Settings) -> int:
    with _client(parsed) as client:
        for job_id in parsed.job_ids:
            client.call("DELETE", f"{JOBS}/{job_id}", params=VERSION)
            print(f"{job_id}: deleted")
    return 0


def _follow(client: "ServerClient", job_id: str, parsed: argparse.Namespace) -> int:
    """Wait for the end of a job and save its results; 0 if it succeeded."""
    began_s = time.monotonic()
    while (job := _job(client, job_id)).get("status") not in ENDED:
        _show_state(f"{job.get('status')}, {time.monotonic() - began_s:.0f} s")
        time.sleep(max(parsed.every, 0.1))
    _show_state("")
    if parsed.output is not None:
        for path in save_results(client, job_id, parsed.output):
            print(path)
    problem = job.get("properties", {}).get("error", {})
    reason = f": {problem.get('message')}" if problem else ""
    print(f"{job_id}: {job['status']}{reason}", file=sys.stderr)
    return 0 if job["status"] == "Succeeded" else 1


def save_results(client: "ServerClient", job_id: str, folder: Path) -> Iterator[Path]:
    """Write the files of a job into a folder and yield their paths.

    Raises
    ------
    ServerError: a file cannot be read, or its name leads out of the folder.
    """
    for file in _pages(client, f"{JOBS}/{job_id}/files", {}):
        path = folder / safe_path(str(file["name"]))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.part")
        with (
            client.download(file["links"]["contentUrl"]) as pieces,
            unfinished.open("wb") as written,
        ):
            written.writelines(pieces)
        unfinished.replace(path)
        yield path


def safe_path(name: str) -> PurePosixPath:
    """Return the name of a result as a path below a folder; the server chooses it.

    Raises
    ------
    ServerError: it is absolute or has a part that leads upwards.
    """
    from functions.command_line.server_client import ServerError  # noqa: PLC0415

    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or not name.isprintable():
        raise ServerError("The server names a result that leads out of the folder.")
    return path


def job_id_of(job: dict[str, Any]) -> str:
    """Return the id at the end of a job's address."""
    return str(job.get("self", "")).partition("?")[0].rpartition("/")[2]


def _pages(
    client: "ServerClient", path: str, params: dict[str, str | int]
) -> Iterator[dict[str, Any]]:
    skip = 0
    while True:
        page = {**VERSION, **params, "skip": skip, "top": PAGE_SIZE}
        answer = client.call("GET", path, params=page).json()
        values = answer.get("values", [])
        yield from values
        skip += len(values)
        if "@nextLink" not in answer or not values:
            return


def _job(client: "ServerClient", job_id: str) -> dict[str, Any]:
    found = client.call("GET", f"{JOBS}/{job_id}", params=VERSION).json()
    return dict(found)


def _client(parsed: argparse.Namespace) -> "closing[ServerClient]":
    # Imported here: no other command but `doctor` and `privacy-check` loads HTTP.
    from functions.command_line.server_client import ServerClient  # noqa: PLC0415

    return closing(ServerClient(parsed.server, parsed.key or os.environ.get(KEY_VARIABLE)))


def _show_state(text: str) -> None:
    """Show the state: on a terminal one line that is written again, elsewhere nothing."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _plain(text: str) -> str:
    """Return a text of a server without control characters, which a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def _job_id(text: str) -> str:
    """Take an id, or the address of a job."""
    name = text.partition("?")[0].rstrip("/").rpartition("/")[2]
    if not _JOB_ID.fullmatch(name):
        raise argparse.ArgumentTypeError("an id of a job is needed")
    return name


def _comma_separated(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
