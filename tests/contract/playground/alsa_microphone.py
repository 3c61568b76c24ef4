"""A default microphone of ALSA's that speaks, for programs of the native Speech SDK.

ALSA's file device reads samples from a pipe in place of a sound card; they are written at the speed
of speech. https://www.alsa-project.org/alsa-doc/alsa-lib/pcm_plugins.html
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_RATE = 16_000  # Hz, of one channel of 16 bit, which the SDK opens the device with
_PIECE_S = 0.1
_CONFIGURATION = """
pcm.!default {{
    type file
    slave.pcm "null"
    file "/dev/null"
    infile "{pipe}"
    format "raw"
}}
"""


@contextmanager
def speaking_microphone(samples: bytes, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of programs whose microphone speaks the samples again and again.

    samples: 16 bit, 16 kHz, one channel.
    """
    pipe, configuration = folder / "microphone", folder / "asound.conf"
    os.mkfifo(pipe)
    configuration.write_text(_CONFIGURATION.format(pipe=pipe))
    ended = threading.Event()
    speaker = threading.Thread(target=_speak, args=(samples, pipe, ended))
    speaker.start()
    try:
        yield {"ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{configuration}"}
    finally:
        ended.set()
        os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))  # a writer waits for a reader
        speaker.join()


def _speak(samples: bytes, pipe: Path, ended: threading.Event) -> None:
    n_bytes = int(2 * _RATE * _PIECE_S)
    with pipe.open("wb", buffering=0) as stream, suppress(BrokenPipeError):
        while True:
            for start in range(0, len(samples), n_bytes):
                stream.write(samples[start : start + n_bytes])
                if ended.wait(_PIECE_S):
                    return
