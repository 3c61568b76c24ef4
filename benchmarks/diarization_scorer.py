"""Score diarizations with pyannote.metrics, in the rivals' environment.

Standard input is a JSON list, `[{"reference", "seconds", "turns": [[start, end, speaker]]}]`; the
reference is the path of an RTTM file, or turns. Standard output is a list of the same order,
`[{"<collar>": {"der", "missed", "false_alarm", "confusion", "total_s"}}]` in percent, and seconds
of speech that count; "<collar> without overlap" has the speech of one speaker alone. A collar is
the tolerance on each side of a boundary, as NIST defines it; pyannote.metrics counts both sides.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pyannote.core import Annotation, Segment, Timeline
from pyannote.metrics.diarization import DiarizationErrorRate

COLLARS_S = (0.25, 0.125, 0.0)


def main() -> None:
    """Score the list of standard input."""
    requests = json.load(sys.stdin)
    json.dump([_score(one) for one in requests], sys.stdout)


def _score(one: dict[str, Any]) -> dict[str, dict[str, float]]:
    labels = one["reference"]
    reference = _annotation(labels if isinstance(labels, list) else _read_rttm(Path(labels)))
    hypothesis = _annotation(one["turns"])
    whole = Timeline([Segment(0, one["seconds"])])
    rates = {}
    for collar_s in COLLARS_S:
        for name, skips_overlap in ((f"{collar_s}", False), (f"{collar_s} without overlap", True)):
            metric = DiarizationErrorRate(collar=2 * collar_s, skip_overlap=skips_overlap)
            parts = metric(reference, hypothesis, uem=whole, detailed=True)
            total_s = parts["total"] or 1.0
            rates[name] = {
                "der": 100 * parts["diarization error rate"],
                "missed": 100 * parts["missed detection"] / total_s,
                "false_alarm": 100 * parts["false alarm"] / total_s,
                "confusion": 100 * parts["confusion"] / total_s,
                "total_s": parts["total"],
            }
    return rates


def _read_rttm(path: Path) -> list[list[Any]]:
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    return [[float(row[3]), float(row[3]) + float(row[4]), row[7]] for row in rows]


def _annotation(turns: list[list[Any]]) -> Annotation:
    annotation = Annotation()
    for track, (start, end, speaker) in enumerate(turns):
        annotation[Segment(start, end), track] = speaker
    return annotation


if __name__ == "__main__":
    main()
