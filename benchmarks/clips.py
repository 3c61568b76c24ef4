"""The speech set: a folder of audio with `manifest.tsv`, which says what is spoken in each file."""

import csv
import random
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clip:
    """One file of the speech set.

    `name` is its path inside the set, `seconds` its length (0 where the manifest does not know),
    `text` what is spoken in it, empty where there is no reference. `language` is spoken in it;
    several are separated by commas, and there is none where the manifest does not know.
    """

    name: str
    path: Path
    seconds: float
    text: str
    language: str = "en"
    n_channels: int = 1

    @property
    def folder(self) -> str:
        """Part of the set that it belongs to, such as `en_read`."""
        return self.name.partition("/")[0]


def read_manifest(speech_data: Path) -> tuple[Clip, ...]:
    """Every file that the manifest of the speech set lists, in its order.

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
            )
            for row in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE)
        )


def clips_of(clips: tuple[Clip, ...], folder: str, at_most: int | None = None) -> tuple[Clip, ...]:
    """Files of one part of the set.

    `at_most` thins them out evenly, so that a short run still sees every speaker.
    """
    chosen = [clip for clip in clips if clip.folder == folder]
    step = 1 if at_most is None else max(1, len(chosen) // at_most)
    return tuple(chosen[::step][:at_most])


def drawn_clips(clips: tuple[Clip, ...], folder: str, n_clips: int, seed: int) -> tuple[Clip, ...]:
    """As many files of one part of the set, the same for the same seed, in the set's order."""
    chosen = [clip for clip in clips if clip.folder == folder]
    chance = random.Random(seed)  # noqa: S311 - no secret
    drawn = set(chance.sample(range(len(chosen)), min(n_clips, len(chosen))))
    return tuple(clip for index, clip in enumerate(chosen) if index in drawn)
