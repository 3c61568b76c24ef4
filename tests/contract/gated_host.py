"""The container host, held in the middle of its work until SIGUSR1 opens a gate.

A client receives some output while the gate is closed, before the rest is known, so that
tests see by the order of events, and by no clock, that an answer is streamed. Run as a process
with `python -m tests.contract.gated_host`.
"""

import signal
import sys
import threading
from typing import Any

from functions.container.server import main
from shared.privacy.telemetry_off import switch_telemetry_off

HEARD_S = 30  # of an audio, nothing beyond is decoded while the gate is closed
HELD_SENTENCE = "In the evening we come back with the last bus."


class HeldStream:
    """An `AudioStream` whose blocks end at the gate."""

    def __init__(self, stream, gate):
        self._stream = stream
        self._gate = gate

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def __iter__(self):
        for block in self._stream:
            if self._stream.duration_s > HEARD_S:
                self._gate.wait()
            yield block


def hold_recognition(gate):
    """Have no recognition go beyond `HEARD_S` before the gate is open."""
    from shared.transcription.local_transcriber import LocalTranscriber  # noqa: PLC0415 - telemetry is off first

    recognise = LocalTranscriber.recognise

    def held(self, stream, *rest):
        stream_held: Any = HeldStream(stream, gate)
        return recognise(self, stream_held, *rest)

    LocalTranscriber.recognise = held  # type: ignore[method-assign]


def hold_synthesis(gate):
    """Have Kokoro not speak `HELD_SENTENCE` before the gate is open."""
    from shared.synthesis.kokoro import KokoroSynthesizer  # noqa: PLC0415 - telemetry is off first

    synthesise = KokoroSynthesizer.synthesise

    def held(self, sentence, speaker):
        if "".join(span.text for span in sentence.spans).strip() == HELD_SENTENCE:
            gate.wait()
        return synthesise(self, sentence, speaker)

    KokoroSynthesizer.synthesise = held  # type: ignore[method-assign]


if __name__ == "__main__":
    switch_telemetry_off()
    opened = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: opened.set())
    hold_recognition(opened)
    hold_synthesis(opened)
    sys.exit(main())
