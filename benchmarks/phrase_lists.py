"""Effect of a phrase list on names, and on everything else."""

from collections.abc import Sequence

from benchmarks.clips import Clip
from benchmarks.report import Figure, Section
from benchmarks.server import SottoServer
from benchmarks.word_error_rate import count_errors, normal_form, word_error_rate

# Ten clips of read English with a rare name or word that Whisper base gets wrong.
_NAMES = {
    "en_read/1688-142285-0005.flac": "Helstone",
    "en_read/1998-15444-0009.flac": "apomorphine",
    "en_read/2033-164914-0002.flac": "eunuch",
    "en_read/2033-164914-0005.flac": "Zau al-Makan",
    "en_read/2033-164914-0007.flac": "distichs",
    "en_read/2033-164914-0008.flac": "Nuzhat al-Zaman",
    "en_read/2414-128291-0002.flac": "Zarathustra",
    "en_read/2609-156975-0004.flac": "Merneptah",
    "en_read/2609-156975-0007.flac": "Manasseh",
    "en_read/LJ001-0007.flac": "Gutenberg",
}
_MOST_ABOVE = 0.3  # points that the other clips may lose


def measure_phrase_lists(
    server: SottoServer, clips: Sequence[Clip], at_most: int | None
) -> Section:
    """Names that are right without and with the list; WER of the other clips for both."""
    named = [clip for clip in clips if clip.name in _NAMES][:at_most]
    others = [clip for clip in clips if clip.name not in _NAMES][:at_most]
    phrases = tuple(_NAMES.values())
    before, after = _names_right(server, named, ()), _names_right(server, named, phrases)
    wer_without, wer_with = _wer(server, others, ()), _wer(server, others, phrases)
    mended = [name for name in after if name not in before]
    lost = [name for name in before if name not in after]
    n_wrong = len(named) - len(before)
    print(f"  right without: {before}\n  mended: {mended}\n  lost: {lost}")
    return Section(
        title=f"Phrase list: {len(phrases)} names",
        figures=(
            Figure(f"right without the list, of {len(named)} names", str(len(before))),
            Figure(
                "wrong without it, right with it",
                f"{len(mended)} of {n_wrong}",
                target="all",
                met=len(mended) == n_wrong and not lost,
            ),
            Figure(f"WER of {len(others)} other clips without it", f"{wer_without:.2f} %"),
            Figure(
                "the same with it",
                f"{wer_with:.2f} % ({wer_with - wer_without:+.2f} points)",
                target=f"at most +{_MOST_ABOVE}",
                met=wer_with - wer_without <= _MOST_ABOVE,
            ),
        ),
        numbers={
            "n_names": len(named),
            "n_right_without": len(before),
            "n_right_with": len(after),
            "wer_others_without": wer_without,
            "wer_others_with": wer_with,
        },
    )


def _names_right(server: SottoServer, clips: Sequence[Clip], phrases: tuple[str, ...]) -> list[str]:
    right = []
    for clip in clips:
        text = server.transcribe(clip.path.read_bytes(), phrases).text
        if f" {normal_form(_NAMES[clip.name])} " in f" {normal_form(text)} ":
            right.append(_NAMES[clip.name])
        else:
            how = "with" if phrases else "without"
            print(f"  {how} the list, {_NAMES[clip.name]} is missing: {text}")
    return right


def _wer(server: SottoServer, clips: Sequence[Clip], phrases: tuple[str, ...]) -> float:
    return word_error_rate(
        [
            count_errors(clip.text, server.transcribe(clip.path.read_bytes(), phrases).text)
            for clip in clips
        ]
    )
