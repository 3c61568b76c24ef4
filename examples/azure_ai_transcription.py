"""Azure's transcription client: a recording with several speakers and names that are hard to hear.

    pip install azure-ai-transcription==1.0.0
    make run                                # in another terminal, in the clone of Sotto
    python examples/azure_ai_transcription.py call.mp3 "Contoso" "Ana Lindqvist"

The texts after the recording are its phrase list. SOTTO_URL names another server than
http://127.0.0.1:5000, SOTTO_KEY its key.
"""

import os
import sys
from pathlib import Path

from azure.ai.transcription import TranscriptionClient
from azure.ai.transcription.models import (
    PhraseListProperties,
    TranscriptionContent,
    TranscriptionDiarizationOptions,
    TranscriptionOptions,
)
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError, ServiceRequestError

URL = os.environ.get("SOTTO_URL", "http://127.0.0.1:5000")
KEY = os.environ.get("SOTTO_KEY", "any")


def main(file: Path, phrases: list[str]) -> None:
    """Print each phrase with its time and speaker."""
    options = TranscriptionOptions(
        locales=["en-US"],
        diarization_options=TranscriptionDiarizationOptions(max_speakers=4),
        phrase_list=PhraseListProperties(phrases=phrases) if phrases else None,
    )
    client = TranscriptionClient(URL, AzureKeyCredential(KEY), retry_connect=0)
    with client, file.open("rb") as audio:
        result = client.transcribe(TranscriptionContent(audio=audio, definition=options))
    for phrase in result.phrases or ():
        print(
            f"{phrase.offset_milliseconds / 1000:7.1f} s  Speaker {phrase.speaker}: {phrase.text}"
        )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("python examples/azure_ai_transcription.py RECORDING [PHRASE ...]")
    if not Path(sys.argv[1]).is_file():
        sys.exit(f"There is no file {sys.argv[1]}.")
    try:
        main(Path(sys.argv[1]), sys.argv[2:])
    except ServiceRequestError:
        sys.exit(f"No server answers at {URL}: start it with `make run`, or set SOTTO_URL.")
    except HttpResponseError as error:
        sys.exit(error.message.splitlines()[0])
