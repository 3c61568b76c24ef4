"""A drop folder: a recording is put into one container, its transcript appears in another.

    make run                                # it prints both folders; in the clone of Sotto
    python examples/drop_folder.py t.wav FIRST_FOLDER SECOND_FOLDER

On Azure Functions both are addresses of containers, each with its signature (`rcw` for the first,
`r` for the second). Their options lie with the recording, as metadata:

    pip install azure-storage-blob==12.31.1
    python examples/drop_folder.py t.wav 'https://…/audio?sv=…' 'https://…/transcripts?sv=…'
"""

import json
import sys
import time
import uuid
from pathlib import Path

OPTIONS = {"locales": ["en-US"], "wordTimestamps": True, "formats": ["json", "srt"]}
LONGEST_WAIT_S = 600


def main(file: Path, dropped: str, transcripts: str) -> None:
    """Put the recording, then wait for one of the two files that answer it."""
    # A new name, so that the transcript of an earlier run is not taken for this one's.
    name = f"{uuid.uuid4().hex[:8]}-{file.name}"
    is_azure = dropped.startswith("http")
    (put_blob if is_azure else put_file)(file, dropped, name)
    print("Dropped:", name)
    read = read_blob if is_azure else read_file
    until = time.monotonic() + LONGEST_WAIT_S
    while time.monotonic() < until:
        if found := read(transcripts, f"{name}.json"):
            print("Transcript:", json.loads(found)["combinedRecognizedPhrases"][0]["display"])
            print((read(transcripts, f"{name}.srt") or b"").decode().strip())
            return
        if found := read(transcripts, f"{name}.error.json"):
            sys.exit(json.loads(found)["error"]["message"])
        time.sleep(1)
    sys.exit(f"No transcript appeared within {LONGEST_WAIT_S} s: is a server watching {dropped}?")


def put_file(file: Path, folder: str, name: str) -> None:
    """Copy into a folder. Options are those of the folder; a hidden file is not yet taken."""
    options = Path(folder, "sotto.json")
    if not options.exists():
        options.write_text(json.dumps(OPTIONS))
    hidden = Path(folder, f".{name}")
    hidden.write_bytes(file.read_bytes())
    hidden.rename(Path(folder, name))


def read_file(folder: str, name: str) -> bytes | None:
    """Read a file; None if it is not there."""
    path = Path(folder, name)
    return path.read_bytes() if path.exists() else None


def put_blob(file: Path, container: str, name: str) -> None:
    """Upload into a container of Azure Storage, with the options as metadata of the blob."""
    from azure.storage.blob import ContainerClient

    written = {
        key.lower(): ",".join(value) if isinstance(value, list) else str(value).lower()
        for key, value in OPTIONS.items()
    }
    with ContainerClient.from_container_url(container) as client, file.open("rb") as audio:
        client.upload_blob(name, audio, metadata=written)


def read_blob(container: str, name: str) -> bytes | None:
    """Download a blob; None if it is not there."""
    from azure.core.exceptions import ResourceNotFoundError
    from azure.storage.blob import ContainerClient

    with ContainerClient.from_container_url(container) as client:
        try:
            return client.download_blob(name).readall()
        except ResourceNotFoundError:
            return None


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("python examples/drop_folder.py RECORDING DROPPED TRANSCRIPTS")
    if not Path(sys.argv[1]).is_file():
        sys.exit(f"There is no file {sys.argv[1]}.")
    for place in sys.argv[2:]:
        if not place.startswith("http") and not Path(place).is_dir():
            sys.exit(f"There is no folder {place}: `make run` prints the two that it watches.")
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
