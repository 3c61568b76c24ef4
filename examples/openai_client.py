"""OpenAI's client: text, text as it is recognised, words with times, subtitles, and speech.

    pip install openai==3.54.0
    make run                                # in another terminal, in the clone of Sotto
    python examples/openai_client.py t.wav hello.mp3

SOTTO_URL names another server than http://127.0.0.1:5000, SOTTO_KEY its key.
"""

import os
import sys
from pathlib import Path

import openai

URL = os.environ.get("SOTTO_URL", "http://127.0.0.1:5000")
KEY = os.environ.get("SOTTO_KEY", "any")


def main(file: Path, speech: Path) -> None:
    """Call each method once; every model name means the model of the server."""
    client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY)
    transcriptions = client.audio.transcriptions

    answer = transcriptions.create(model="whisper-1", file=file)
    print("Text:", answer.text)

    print("As it is recognised:", end=" ")
    for event in transcriptions.create(model="gpt-4o-transcribe", file=file, stream=True):
        if event.type == "transcript.text.delta":
            print(event.delta, end="", flush=True)
    print()

    answer = transcriptions.create(
        model="whisper-1",
        file=file,
        language="en",
        response_format="verbose_json",
        timestamp_granularities=["word"],
    )
    print("Words:", *(f"{word.word} {word.start:.2f}" for word in answer.words or ()))

    print("Subtitles:")
    print(transcriptions.create(model="whisper-1", file=file, response_format="srt").strip())

    text = "Hello. How are you?"
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="alloy", input=text
    ) as spoken:
        spoken.stream_to_file(speech)
    print("Speech:", speech)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("python examples/openai_client.py RECORDING SPEECH.mp3")
    if not Path(sys.argv[1]).is_file():
        sys.exit(f"There is no file {sys.argv[1]}.")
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except openai.APIConnectionError:
        sys.exit(f"No server answers at {URL}: start it with `make run`, or set SOTTO_URL.")
    except openai.APIStatusError as error:
        sys.exit(error.message)
