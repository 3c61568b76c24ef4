"""The command `privacy-check`: trace the server with the settings of this machine, and judge."""

import argparse
import json
import os
import secrets
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.errors import ConfigurationError
from shared.settings import Settings

if TYPE_CHECKING:
    from functions.command_line.privacy_check.conversation import Conversation
    from functions.command_line.privacy_check.evidence import Evidence, Item

HOW_TO_INSTALL = "sudo apt-get install strace"

# A shorter one may be in a word by chance.
SHORTEST_KEY = 8

# In place of the configured ones: the server of the check is for this process alone, and its batch
# work must neither take real work nor write into real containers.
_REPLACED = {"SOTTO_HOST": "127.0.0.1", "SOTTO_PORT": "0", "SOTTO_METRICS_PORT": "0"}
_LEFT_OUT = (
    "SOTTO_TLS_CERT", "SOTTO_TLS_KEY", "SOTTO_TLS_TERMINATED", "SOTTO_PUBLIC_URL", "SOTTO_JOBS",
    "SOTTO_QUEUE", "SOTTO_DEAD_LETTERS", "SOTTO_DROP_FOLDERS", "SOTTO_CLIENT_KEY",
)  # fmt: skip


def add_commands(commands: Any) -> None:
    """Add `privacy-check` to the command line."""
    parser = commands.add_parser(
        "privacy-check",
        help="trace the server on this machine, and show what it leaves behind",
        description="Start the server with the settings of this machine under strace, send "
        "requests of each kind that is set up, and print the evidence: files opened for writing, "
        "connections, programs, words found. The exit status is 0 if nothing is left behind. "
        "docs/doctor.md has the details.",
    )
    parser.add_argument(
        "--audio", type=Path, metavar="FILE",
        help="speech of your own, of up to 60 s; default: a sentence that the server speaks",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON")
    # For tests: another program than the server, which prints an address as the server does.
    parser.add_argument("--server-command", help=argparse.SUPPRESS)
    parser.set_defaults(run=_check)


def _check(parsed: argparse.Namespace, settings: Settings) -> int:
    strace = shutil.which("strace")
    if strace is None:
        raise ConfigurationError(f"strace is missing. Install it: `{HOW_TO_INSTALL}`.")
    audio = parsed.audio.read_bytes() if parsed.audio else None
    command: Sequence[str] = (sys.executable, "-m", "functions.container")
    if parsed.server_command:
        command = shlex.split(parsed.server_command)
    with tempfile.TemporaryDirectory(prefix="sotto-privacy-check-") as folder:
        talk, evidence = trace_server(strace, command, settings, Path(folder), audio)
    is_proven = talk.was_recognised and not evidence.leaks
    if parsed.json:
        print(_as_json(talk, evidence, is_proven=is_proven))
    else:
        print("\n".join(_lines(talk, evidence)))
    return 0 if is_proven else 1


def trace_server(
    strace: str, command: Sequence[str], settings: Settings, folder: Path, audio: bytes | None
) -> "tuple[Conversation, Evidence]":
    """Run the server under the trace, talk to it, stop it, and gather the evidence.

    Parameters
    ----------
    folder: has the trace and the data folder of the check.
    audio: as of `converse`.
    """
    # Imported here: no other command needs WebSockets and HTTP.
    from functions.command_line.privacy_check import conversation  # noqa: PLC0415
    from functions.command_line.privacy_check.evidence import gather, purposes_of  # noqa: PLC0415
    from functions.command_line.privacy_check.traced_server import traced_server  # noqa: PLC0415
    from functions.command_line.server_client import ServerClient  # noqa: PLC0415

    key = f"canary{secrets.token_hex(16)}"
    # A copy of the user's own recording is not made for batch work.
    data_folder = folder / "data" if settings.batch and audio is None else None
    environment = environment_of_check(os.environ, settings, key, data_folder)
    with traced_server(strace, folder / "trace", command, environment, names_folders=True) as run:
        client = ServerClient(run.url, key, uses_proxies=False)
        try:
            talk = conversation.converse(client, run.url, key, settings, audio)
        finally:
            client.close()
        if data_folder is None:
            reason = "SOTTO_BATCH is false" if audio is None else "not with a recording of your own"
            talk.skipped["drop folder"] = reason
        elif conversation.drop_file(data_folder, talk.clip):
            talk.answers["drop folder"] = 200
        else:
            raise ConfigurationError("The drop folder of the check gave no transcript in time.")
    configured = {
        one.lower(): "a configured key" for one in settings.keys if len(one) >= SHORTEST_KEY
    }
    evidence = gather(
        run.calls,
        run.log,
        talk.canaries(key, run.log.partition(" listens on ")[0]) | configured,
        purposes_of(settings, data_folder),
        {conversation.DROPPED_NAME: "the name of a dropped file"},
    )
    return talk, evidence


def environment_of_check(
    environment: Mapping[str, str], settings: Settings, key: str, data_folder: Path | None
) -> dict[str, str]:
    """Return the environment of the traced server: the user's, but for its address and its data.

    key: is accepted beside those of the settings.
    """
    kept = {name: value for name, value in environment.items() if name not in _LEFT_OUT}
    changed = {
        "SOTTO_KEYS": ",".join((*settings.keys, key)),
        "SOTTO_MODEL_FOLDER": str(settings.model_folder.expanduser().absolute()),
        "SOTTO_BATCH": "false" if data_folder is None else "true",
    }
    if data_folder is not None:
        changed["SOTTO_DATA_FOLDER"] = str(data_folder)
    return kept | _REPLACED | changed


def _lines(talk: "Conversation", evidence: "Evidence") -> list[str]:
    lines = ["requests"]
    lines += [f"  {status}  {name}" for name, status in talk.answers.items()]
    lines += [f"  -    {name}: {reason}" for name, reason in talk.skipped.items()]
    for title, items in _sections(evidence).items():
        lines.append(title if items else f"{title}: none")
        lines += [f"  {'LEAK' if not item.reason else 'ok  '}  {_line(item)}" for item in items]
    return [*lines, "", _verdict(talk, evidence)]


def _line(item: "Item") -> str:
    return f"{item.what}: {item.reason}" if item.reason else item.what


def _sections(evidence: "Evidence") -> "dict[str, tuple[Item, ...]]":
    return {
        "files opened for writing, made, renamed or removed": evidence.files,
        "connections and listening sockets": evidence.connections,
        "programs started": evidence.programs,
        "words, keys and names found in the log or in files": evidence.words,
    }


def _verdict(talk: "Conversation", evidence: "Evidence") -> str:
    if evidence.leaks:
        n_leaks = len(evidence.leaks)
        return (
            f"Leaks: {n_leaks} thing{'s' if n_leaks > 1 else ''} without a reason in the settings."
        )
    if not talk.was_recognised:
        return "Not proven: no speech was recognised. Fetch a voice, or give --audio FILE."
    return "Nothing of the requests is left behind."


def _as_json(talk: "Conversation", evidence: "Evidence", *, is_proven: bool) -> str:
    return json.dumps(
        {
            "proven": is_proven,
            "verdict": _verdict(talk, evidence),
            "requests": talk.answers,
            "skipped": talk.skipped,
            **asdict(evidence),
        },
        indent=2,
    )
