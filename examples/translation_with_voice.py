"""Speech to speech: an English recording is transcribed, translated and spoken.

    pip install requests==2.34.2
    sudo apt-get install apertium-eng-spa   # a translator; docs/translation.md has others
    make run                                # in another terminal, in the clone of Sotto
    python examples/translation_with_voice.py t.wav es t.es.wav

SOTTO_URL names another server than http://127.0.0.1:5000, SOTTO_KEY its key.
"""

import base64
import json
import os
import sys
from pathlib import Path

import requests

URL = os.environ.get("SOTTO_URL", "http://127.0.0.1:5000")
KEY = os.environ.get("SOTTO_KEY", "any")


def main(file: Path, target: str, spoken: Path) -> None:
    """Print both texts, phrase by phrase, and write the speech."""
    definition = {"locales": ["en-US"], "targets": [target], "speech": {}}
    with file.open("rb") as audio:
        answer = requests.post(
            f"{URL}/sotto/v1/speech-translations",
            headers={"Ocp-Apim-Subscription-Key": KEY},
            files={"audio": audio, "definition": (None, json.dumps(definition))},
            timeout=600,
        )
    result = answer.json()
    if not answer.ok:
        sys.exit(result.get("message") or result["error"]["message"])
    for phrase in result["phrases"]:
        print(f"{phrase['offsetMilliseconds'] / 1000:7.1f} s  {phrase['text']}")
        print(f"           {phrase['translations'][target]}")
    for speech in result["speech"]:
        spoken.write_bytes(base64.b64decode(speech["data"]))
        print(f"Voice: {speech['voice']}, {spoken}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("python examples/translation_with_voice.py RECORDING LANGUAGE SPEECH.wav")
    if not Path(sys.argv[1]).is_file():
        sys.exit(f"There is no file {sys.argv[1]}.")
    try:
        main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
    except requests.ConnectionError:
        sys.exit(f"No server answers at {URL}: start it with `make run`, or set SOTTO_URL.")
