"""The aligner of pocketsphinx: `python -m benchmarks.pocketsphinx_worker < requests > answers`.

Runs in the rivals' environment. A request is a line of JSON with the path of raw 16 bit samples
(mono, 16 kHz) and the text; the answer has phones with start and end, or null where it fails.
"""

import json
import sys
from pathlib import Path

import pocketsphinx

FRAME_S = 0.01
_SILENCES = frozenset(("SIL", "+SPN+", "+NSN+"))


def main() -> int:
    """Answer each request."""
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(align(Path(request["samples"]).read_bytes(), request["text"])), flush=True)
    return 0


def align(samples: bytes, text: str) -> list[tuple[str, float, float]] | None:
    """Align words, then phones: two passes."""
    decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL")
    try:
        decoder.set_align_text(text)
        _decode(decoder, samples)
        if not decoder.hyp():
            return None
        decoder.set_alignment()
        _decode(decoder, samples)
    except RuntimeError:
        return None
    return [
        (phone.name, phone.start * FRAME_S, (phone.start + phone.duration) * FRAME_S)
        for word in decoder.get_alignment()
        for phone in word
        if phone.name not in _SILENCES
    ]


def _decode(decoder: "pocketsphinx.Decoder", samples: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    decoder.end_utt()


if __name__ == "__main__":
    sys.exit(main())
