"""Audio of other kinds: every container, telephone, noise, no speech, broken files."""

from collections.abc import Sequence
from http import HTTPStatus

from benchmarks.clips import Clip, clips_of
from benchmarks.report import Figure, Section
from benchmarks.server import Answer, SottoServer
from benchmarks.side_by_side import Systems
from benchmarks.word_error_rate import count_errors, word_error_rate

_FOLDERS = ("formats", "telephone", "noisy")
_MOST_ABOVE = 2.0  # points above the rival on the same files
_WITHOUT_SPEECH = ("nonspeech/silence2sec.wav", "nonspeech/noise1.wav", "nonspeech/noise3.wav")
_MIXED = "nonspeech/musanmix.mp3"


def measure_hard_audio(systems: Systems, clips: tuple[Clip, ...], at_most: int | None) -> Section:
    """WER of each folder against the rival's; outcomes of the files without a reference."""
    figures: list[Figure] = []
    numbers: dict[str, object] = {}
    for folder in _FOLDERS:
        chosen = clips_of(clips, folder, at_most)
        compared, counted = _compare_folder(systems, folder, [clip for clip in chosen if clip.text])
        numbers[folder] = counted
        figures += [
            *compared,
            *(_unreferenced(systems.server, clip) for clip in chosen if not clip.text),
        ]
    by_name = {clip.name: clip for clip in clips}
    figures += [_silent(systems.server, by_name[name]) for name in _WITHOUT_SPEECH]
    figures.append(_mixed(systems.server, by_name[_MIXED]))
    for clip in clips_of(clips, "broken"):
        figures += _broken(systems.server, clip)
    figures.append(_next_request(systems.server, clips_of(clips, "en_read", 1)[0]))
    return Section(
        title="Other audio: containers, telephone, noise, no speech, broken",
        figures=tuple(figures),
        numbers=numbers,
    )


def _compare_folder(
    systems: Systems, folder: str, clips: Sequence[Clip]
) -> tuple[list[Figure], list[dict[str, object]]]:
    """WER over the files of the folder that the rival can read too."""
    ours, theirs, counted = [], [], []
    for clip in clips:
        answer = systems.server.transcribe(clip.path.read_bytes())
        rival = systems.rival.transcribe(clip.path)
        a, b = count_errors(clip.text, answer.text), count_errors(clip.text, rival.text)
        print(f"  {clip.name}: {a.n_errors} of {a.n_words} words wrong, the rival {b.n_errors}")
        if rival.error is None:
            ours.append(a)
            theirs.append(b)
        counted.append(
            {
                "clip": clip.name,
                "status": answer.status,
                "n_words": a.n_words,
                "n_errors": a.n_errors,
                "rival_n_errors": b.n_errors,
                "rival_error": rival.error,
            }
        )
    if not ours:
        return [], counted
    our_wer, their_wer = word_error_rate(ours), word_error_rate(theirs)
    row = Figure(
        f"`{folder}/`, {len(ours)} files with a reference: WER",
        f"{our_wer:.2f} %",
        f"{their_wer:.2f} %",
        f"at most +{_MOST_ABOVE:.0f} points",
        our_wer - their_wer <= _MOST_ABOVE,
    )
    return [row], counted


def _unreferenced(server: SottoServer, clip: Clip) -> Figure:
    answer = server.transcribe(clip.path.read_bytes())
    return Figure(
        f"`{clip.name}`",
        _outcome(answer),
        target="decodes, or a clear 4xx",
        met=answer.status == HTTPStatus.OK or _is_clear_refusal(answer),
    )


def _silent(server: SottoServer, clip: Clip) -> Figure:
    answer = server.transcribe(clip.path.read_bytes())
    return Figure(
        f"`{clip.name}`",
        _outcome(answer),
        target="no text",
        met=answer.status == HTTPStatus.OK and not answer.text,
    )


def _mixed(server: SottoServer, clip: Clip) -> Figure:
    """Phrases of a file of speech, music and noise, with their times, for manual inspection."""
    answer = server.transcribe(clip.path.read_bytes())
    print(f"\n{clip.name}")
    for phrase in answer.phrases:
        begin_s = phrase["offsetMilliseconds"] / 1000
        end_s = begin_s + phrase["durationMilliseconds"] / 1000
        print(f"  {begin_s:6.2f} to {end_s:6.2f} s  {phrase['text']}")
    return Figure(f"`{clip.name}`", _outcome(answer), target="text in its speech only (terminal)")


def _broken(server: SottoServer, clip: Clip) -> list[Figure]:
    audio = clip.path.read_bytes()
    fast, short = server.transcribe(audio), server.recognise_short_audio(audio)
    is_silence = clip.name.endswith("mono.zero.wav")
    recognition_status = short.body.get("RecognitionStatus", "")
    return [
        Figure(
            f"`{clip.name}`, fast transcription",
            _outcome(fast),
            target="a clear 4xx",
            met=_is_clear_refusal(fast),
        ),
        Figure(
            f"`{clip.name}`, short audio",
            f"{short.status} {recognition_status}".strip(),
            target="200 InitialSilenceTimeout" if is_silence else "400",
            met=(short.status, recognition_status) == (HTTPStatus.OK, "InitialSilenceTimeout")
            if is_silence
            else short.status == HTTPStatus.BAD_REQUEST,
        ),
    ]


def _next_request(server: SottoServer, clip: Clip) -> Figure:
    answer = server.transcribe(clip.path.read_bytes())
    return Figure(
        "the request after the broken ones",
        _outcome(answer),
        target="served",
        met=answer.status == HTTPStatus.OK and bool(answer.text),
    )


def _is_clear_refusal(answer: Answer) -> bool:
    is_client_error = HTTPStatus(answer.status).is_client_error
    return is_client_error and bool(answer.body.get("code") and answer.body.get("message"))


def _outcome(answer: Answer) -> str:
    if answer.status != HTTPStatus.OK:
        return f"{answer.status} {answer.body.get('code', '')}"
    return f"{len(answer.text.split())} words in {len(answer.phrases)} phrases"
