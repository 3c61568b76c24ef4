"""Microsoft's Speech SDK: one phrase of a recording, then the whole recording, phrase by phrase.

    pip install azure-cognitiveservices-speech==1.53.0
    make run                                # in another terminal, in the clone of Sotto
    python examples/python_sdk.py t.wav

SOTTO_URL names another server than http://127.0.0.1:5000, SOTTO_KEY its key.
"""

import os
import sys
import threading

import azure.cognitiveservices.speech as speech

URL = os.environ.get("SOTTO_URL", "http://127.0.0.1:5000")
KEY = os.environ.get("SOTTO_KEY", "any")


def main(file: str) -> None:
    """Print what both ways of recognition give."""
    if not os.path.isfile(file):
        sys.exit(f"There is no file {file}.")
    print("Once:", recognise_once(file))
    recognise_all(file)


def recogniser_of(file: str) -> speech.SpeechRecognizer:
    """Make a recogniser; only its host differs from one of the cloud."""
    config = speech.SpeechConfig(host=URL.replace("http", "ws", 1), subscription=KEY)
    config.speech_recognition_language = "en-US"
    return speech.SpeechRecognizer(config, speech.audio.AudioConfig(filename=file))


def recognise_once(file: str) -> str:
    """Return the text up to the first pause."""
    result = recogniser_of(file).recognize_once()
    if result.reason == speech.ResultReason.Canceled:
        sys.exit(reason_of(result.cancellation_details))
    return result.text or "(no speech)"


def recognise_all(file: str) -> None:
    """Print each phrase with its place in the recording, as soon as it is final."""
    recogniser, ended, failures = recogniser_of(file), threading.Event(), []

    def on_phrase(event: speech.SpeechRecognitionEventArgs) -> None:
        if event.result.text:
            print(f"{event.result.offset / 1e7:7.1f} s  {event.result.text}")

    def on_end(event: speech.SpeechRecognitionCanceledEventArgs) -> None:
        if event.cancellation_details.reason == speech.CancellationReason.Error:
            failures.append(reason_of(event.cancellation_details))

    recogniser.recognized.connect(on_phrase)
    recogniser.canceled.connect(on_end)
    recogniser.session_stopped.connect(lambda _: ended.set())
    recogniser.start_continuous_recognition_async().get()
    ended.wait()
    recogniser.stop_continuous_recognition_async().get()
    if failures:
        sys.exit(failures[0])


def reason_of(details: speech.CancellationDetails) -> str:
    """Say in a sentence why there is no result."""
    if details.code == speech.CancellationErrorCode.ConnectionFailure:
        return f"No server answers at {URL}: start it with `make run`, or set SOTTO_URL."
    if details.code == speech.CancellationErrorCode.AuthenticationFailure:
        return f"The server at {URL} refuses the key: set SOTTO_KEY."
    return details.error_details


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python examples/python_sdk.py RECORDING.wav")
    main(sys.argv[1])
