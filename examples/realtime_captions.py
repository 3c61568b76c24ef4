"""Live captions in the terminal: the words of a phrase change in place until the phrase is final.

    pip install azure-cognitiveservices-speech==1.53.0
    make run                                # in another terminal, in the clone of Sotto
    python examples/realtime_captions.py t.wav     # a recording, at the speed of speech
    arecord -q -t raw -f S16_LE -r 16000 -c 1 | python examples/realtime_captions.py -

`-` is 16 bit PCM, mono, at 16 kHz, on standard input: here a microphone, by ALSA's arecord.
SOTTO_URL names another server than http://127.0.0.1:5000, SOTTO_KEY its key.
"""

import os
import shutil
import sys
import threading
import time
import wave
from collections.abc import Iterator

import azure.cognitiveservices.speech as speech

URL = os.environ.get("SOTTO_URL", "http://127.0.0.1:5000")
KEY = os.environ.get("SOTTO_KEY", "any")
BLOCK_S = 0.1
MICROPHONE = (16_000, 16, 1)  # samples per second, bits, channels


def blocks_of(recording: wave.Wave_read) -> Iterator[bytes]:
    """Yield a recording in blocks, each when its time has come."""
    n_frames = round(BLOCK_S * recording.getframerate())
    due = time.monotonic()
    while block := recording.readframes(n_frames):
        yield block
        due += BLOCK_S
        time.sleep(max(0.0, due - time.monotonic()))


def blocks_of_microphone() -> Iterator[bytes]:
    """Yield what standard input has, until it ends."""
    while block := sys.stdin.buffer.read1(3200):
        yield block


def main(blocks: Iterator[bytes], samples_per_second: int, bits: int, channels: int) -> None:
    """Push the blocks, show the captions, wait for the last one."""
    form = speech.audio.AudioStreamFormat(samples_per_second, bits, channels)
    stream = speech.audio.PushAudioInputStream(form)
    config = speech.SpeechConfig(host=URL.replace("http", "ws", 1), subscription=KEY)
    config.speech_recognition_language = "en-US"
    recogniser = speech.SpeechRecognizer(config, speech.audio.AudioConfig(stream=stream))
    ended, failures = threading.Event(), []

    def on_end(event: speech.SpeechRecognitionCanceledEventArgs) -> None:
        details = event.cancellation_details
        if details.code == speech.CancellationErrorCode.ConnectionFailure:
            failures.append(
                f"No server answers at {URL}: start it with `make run`, or set SOTTO_URL."
            )
        elif details.code == speech.CancellationErrorCode.AuthenticationFailure:
            failures.append(f"The server at {URL} refuses the key: set SOTTO_KEY.")
        elif details.reason == speech.CancellationReason.Error:
            failures.append(details.error_details)

    recogniser.recognizing.connect(lambda event: show_partial(event.result.text))
    recogniser.recognized.connect(lambda event: show_final(event.result.text))
    recogniser.canceled.connect(on_end)
    recogniser.session_stopped.connect(lambda _: ended.set())
    recogniser.start_continuous_recognition_async().get()
    for block in blocks:
        if ended.is_set():
            break
        stream.write(block)
    stream.close()
    ended.wait()
    recogniser.stop_continuous_recognition_async().get()
    if failures:
        sys.exit(failures[0])


def show_partial(text: str) -> None:
    """Replace the last line by the words so far, or by their end if the line is too short."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\x1b[K\x1b[2m{text[-width:]}\x1b[0m", end="", flush=True)


def show_final(text: str) -> None:
    """Put the phrase in their place, and begin a new line."""
    if text:
        print(f"\r\x1b[K{text}" if sys.stdout.isatty() else text, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python examples/realtime_captions.py RECORDING.wav, or - for a microphone")
    if sys.argv[1] == "-":
        main(blocks_of_microphone(), *MICROPHONE)
    elif not os.path.isfile(sys.argv[1]):
        sys.exit(f"There is no file {sys.argv[1]}.")
    else:
        with wave.open(sys.argv[1]) as wav:
            form = (wav.getframerate(), 8 * wav.getsampwidth(), wav.getnchannels())
            main(blocks_of(wav), *form)
