"""A drop folder: a recording is put into one container, its transcript appears in another.

    make run                                # it prints both folders; in the clone of Sotto
    python examples/drop_folder.py t.wav FIRST_FOLDER SECOND_FOLDER

On Azure Functions both are addresses of containers, each with its signature (`cw` for the first,
`r` for the second). Their options lie with the recording, as metadata:

    pip install azure-storage-blob==12.31.1
    python examples/drop_folder.py t.wav 'https://…/audio?sv=…' 'https://…/transcripts?sv=…'
"""

import json
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

OPTIONS = {"locales": ["en-US"], "wordTimestamps": True, "formats": ["json", "srt"]}
LONGEST_WAIT_S = 600


def main(file: Path, dropped: str, transcripts: str) -> None:
    """Put the recording, then wait for its outputs, or for the reason why there are none."""
    # A new name, so that the transcript of an earlier run is not taken for this one's.
    name = f"{uuid.uuid4().hex[:8]}-{file.name}"
    is_azure = dropped.startswith("http")
    formats = (put_blob if is_azure else put_file)(file, dropped, name)
    print("Dropped:", name)
    read = read_blob if is_azure else read_file
    until = time.monotonic() + LONGEST_WAIT_S
    while time.monotonic() < until:
        if failure := read(transcripts, f"{name}.error.json"):
            sys.exit(json.loads(failure)["error"]["message"])
        outputs = {ending: read(transcripts, f"{name}.{ending}") for ending in formats}
        if None not in outputs.values():
            for ending, content in outputs.items():
                print(f"{ending}: {text_of(ending, content)}")
            return
        time.sleep(1)
    sys.exit(f"No transcript appeared within {LONGEST_WAIT_S} s: does a server watch the folder?")


def text_of(ending: str, content: bytes) -> str:
    """Return the text of a result file; other formats are text."""
    if ending == "json":
        return json.loads(content)["combinedRecognizedPhrases"][0]["display"]
    return content.decode().strip()


def put_file(file: Path, folder: str, name: str) -> list[str]:
    """Copy into a folder, whose options are in `sotto.json`; return the formats of outputs."""
    options = Path(folder, "sotto.json")
    if not options.exists():
        options.write_text(json.dumps(OPTIONS))
    hidden = Path(folder, f".{name}")  # A name with a dot is ignored until the copy is whole.
    hidden.write_bytes(file.read_bytes())
    hidden.rename(Path(folder, name))
    return json.loads(options.read_text()).get("formats", ["json"])


def read_file(folder: str, name: str) -> bytes | None:
    """Read a file; None if it is not there."""
    path = Path(folder, name)
    return path.read_bytes() if path.exists() else None


def put_blob(file: Path, container: str, name: str) -> list[str]:
    """Upload into a container of Azure Storage, with the options as metadata of the blob."""
    written = {
        key.lower(): ",".join(value) if isinstance(value, list) else str(value).lower()
        for key, value in OPTIONS.items()
    }
    with opened(container) as client, file.open("rb") as audio:
        client.upload_blob(name, audio, metadata=written)
    return OPTIONS["formats"]


def read_blob(container: str, name: str) -> bytes | None:
    """Download a blob; None if it is not there."""
    with opened(container) as client:
        blob = client.get_blob_client(name)
        return blob.download_blob().readall() if blob.exists() else None


@contextmanager
def opened(container: str) -> "Iterator[ContainerClient]":
    """Open a container; a refusal ends the program in a sentence."""
    from azure.core.exceptions import AzureError
    from azure.storage.blob import ContainerClient

    with ContainerClient.from_container_url(container) as client:
        try:
            yield client
        except AzureError as error:
            reason = getattr(error, "error_code", None) or type(error).__name__
            sys.exit(f"The container {client.container_name} cannot be used: {reason}.")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("python examples/drop_folder.py RECORDING DROPPED TRANSCRIPTS")
    if not Path(sys.argv[1]).is_file():
        sys.exit(f"There is no file {sys.argv[1]}.")
    for place in sys.argv[2:]:
        if not place.startswith("http") and not Path(place).is_dir():
            sys.exit(f"There is no folder {place}: `make run` prints the two that it watches.")
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
