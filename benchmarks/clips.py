"""The speech set: a folder of audio with `manifest.tsv`, which has the text of each file."""

import csv
import random
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clip:
    """One file of the speech set.

    `name` is its path inside the set, `seconds` its length (0 if unknown), `text` its reference,
    empty if there is none. `language` has its languages, `speaker` its speakers, separated by
    commas, empty if unknown. `notes` are for people.
    """

    name: str
    path: Path
    seconds: float
    text: str
    language: str = "en"
    n_channels: int = 1
    speaker: str = ""
    notes: str = ""

    @property
    def folder(self) -> str:
        """Part of the set, such as `en_read`."""
        return self.name.partition("/")[0]


def read_manifest(speech_data: Path) -> tuple[Clip, ...]:
    """Read the files of the speech set's manifest, in its order.

    Raises
    ------
    FileNotFoundError: the folder has no `manifest.tsv`.
    """
    with (speech_data / "manifest.tsv").open(encoding="utf-8", newline="") as manifest:
        return tuple(
            Clip(
                name=row["file"],
                path=speech_data / row["file"],
                seconds=float(row["seconds"] or 0),
                text=row["text"] or "",
                language=row.get("language") or "",
                n_channels=int(row.get("channels") or 1),
                speaker=row.get("speakers") or "",
                notes=row.get("notes") or "",
            )
            for row in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE)
        )


def clips_of(clips: tuple[Clip, ...], folder: str, at_most: int | None = None) -> tuple[Clip, ...]:
    """Select the files of one part of the set.

    `at_most` thins them out evenly, so that a short run still includes every speaker.
    """
    chosen = [clip for clip in clips if clip.folder == folder]
    step = 1 if at_most is None else max(1, len(chosen) // at_most)
    return tuple(chosen[::step][:at_most])


def drawn_clips(clips: tuple[Clip, ...], folder: str, n_clips: int, seed: int) -> tuple[Clip, ...]:
    """Draw `n_clips` files of one part of the set by seed, in the set's order."""
    chosen = [clip for clip in clips if clip.folder == folder]
    chance = random.Random(seed)  # noqa: S311 - no secret
    drawn = set(chance.sample(range(len(chosen)), min(n_clips, len(chosen))))
    return tuple(clip for index, clip in enumerate(chosen) if index in drawn)
