"""Whisper on CTranslate2, called directly: int8 on CPU, any context length, no torch.

faster-whisper pads every segment to 30 s; the encoder of CTranslate2 accepts a shorter context,
which is cheaper (42 ms instead of 400 ms for a clip of 2-6 s on two cores).
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from shared.available_cores import available_cores
from shared.errors import EngineUnavailable
from shared.recognition.engines.context_length import EncoderContext, encoder_context
from shared.recognition.engines.engine import (
    AlignedToken,
    DecodingRequest,
    EncodedSegment,
    Hypothesis,
    Positions,
    Task,
)
from shared.recognition.engines.log_mel import (
    FRAMES_PER_POSITION,
    FRAMES_PER_SECOND,
    POSITIONS_PER_SECOND,
    Samples,
    log_mel_spectrogram,
)
from shared.recognition.engines.tokenizer import Tokenizer
from shared.settings import Settings

LEAST_PROBABILITY = 1e-10
MAX_PROMPT_TOKENS = 223  # half of Whisper's text context, less `<|startofprev|>`


class CTranslate2Engine:
    """A Whisper model in CTranslate2's format, on the CPU or on another device.

    Encoder output is kept in main memory as one array per segment, whatever the device: a segment
    is in several batches, and only NumPy can split a batch. CTranslate2 copies its input to the
    device, 1.5 MB for 30 s with base.

    Parameters
    ----------
    model: a `ctranslate2.models.Whisper`; `load` makes it.
    """

    def __init__(self, model: Any, tokenizer: Tokenizer, context: EncoderContext) -> None:
        import ctranslate2  # noqa: PLC0415  (imported here alone, and only when it is used)

        self._from_array = ctranslate2.StorageView.from_array
        self._float32 = ctranslate2.DataType.float32
        self._bfloat16 = ctranslate2.DataType.bfloat16
        self._model = model
        self._tokenizer = tokenizer
        self._context = context

    @classmethod
    def load(
        cls,
        model_folder: Path,
        settings: Settings,
        *,
        weights_folder: Path | None = None,
        threads: int | None = None,
        workers: int | None = None,
    ) -> Self:
        """Load the model of a folder on the device of the settings.

        Parameters
        ----------
        weights_folder: where the weights lie, if not with the model.
        threads, workers: of one call, and calls at the same time; None takes the settings'. The
            threads of the workers have the priority of the thread that loads.

        Raises
        ------
        EngineUnavailable: the folder holds no model that CTranslate2 can load.
        """
        import ctranslate2  # noqa: PLC0415  (see above)

        try:
            model = ctranslate2.models.Whisper(
                str(weights_folder or model_folder),
                device=settings.device,
                compute_type=settings.compute_type,
                intra_threads=threads or settings.threads or available_cores(),
                inter_threads=workers or settings.concurrency,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineUnavailable(
                f"CTranslate2 cannot load the model in {model_folder.name} as "
                f"{settings.compute_type} on {settings.device}."
            ) from error
        return cls(model, Tokenizer(model_folder / "tokenizer.json"), encoder_context(settings))

    @property
    def languages(self) -> frozenset[str]:
        """Languages of the model's vocabulary; English alone for a `.en` model."""
        return (
            frozenset(self._tokenizer.language_tokens)
            if self._model.is_multilingual
            else frozenset({"en"})
        )

    @property
    def context(self) -> EncoderContext:
        """That of the settings."""
        return self._context

    @property
    def encodes_in_batches(self) -> bool:
        """Whether the device is a GPU."""
        return bool(self._model.device != "cpu")

    def encode(self, segments: Sequence[Samples], n_positions: int) -> list[EncodedSegment]:
        """Encode one by one on the CPU, in one batch on another device.

        On few cores a batch is slower than single segments: eight windows of 12 s take 820 ms as
        one batch and 470 ms one by one (two cores).
        """
        n_frames = n_positions * FRAMES_PER_POSITION
        log_mels = [
            log_mel_spectrogram(samples, n_frames, self._model.n_mels)[np.newaxis]
            for samples in segments
        ]
        if self.encodes_in_batches:
            features = self._encode_batch(np.concatenate(log_mels))
        else:
            features = [self._model.encode(self._from_array(log_mel)) for log_mel in log_mels]
        return [EncodedSegment(one, n_positions) for one in features]

    def _encode_batch(self, log_mels: Samples) -> list[Any]:
        output = self._model.encode(self._from_array(log_mels), to_cpu=True)
        if output.dtype == self._bfloat16:  # NumPy has no such type
            output = output.to(self._float32)
        array = np.asarray(output)
        return [
            self._from_array(np.ascontiguousarray(array[index : index + 1]))
            for index in range(len(array))
        ]

    def first_positions(self, encoded: EncodedSegment, n_positions: int) -> EncodedSegment:
        """Take a view of the positions, without a copy."""
        kept = np.asarray(encoded.features)[:, :n_positions]
        return EncodedSegment(self._from_array(kept), n_positions)

    def gather_positions(self, encoded: EncodedSegment, positions: Positions) -> EncodedSegment:
        """Copy positions through NumPy: a `StorageView` has no indexing."""
        taken = np.ascontiguousarray(np.asarray(encoded.features)[:, positions])
        return EncodedSegment(self._from_array(taken), len(positions))

    def identify_language(self, segments: Sequence[EncodedSegment]) -> list[dict[str, float]]:
        """Probability of every language: one decoder step on the encoder output."""
        if not self._model.is_multilingual:
            return [{"en": 1.0}] * len(segments)
        return [
            {token[2:-2]: probability for token, probability in ranked}
            for ranked in self._model.detect_language(self._batch(segments))
        ]

    def decode(
        self, segments: Sequence[EncodedSegment], requests: Sequence[DecodingRequest]
    ) -> list[Hypothesis]:
        """Decode in batches of one prompt form and beam size, as CTranslate2 requires."""
        prompts = [self._prompt(request) for request in requests]
        by_form: dict[tuple[bool, int, int, bool], list[int]] = {}
        for place, (request, prompt) in enumerate(zip(requests, prompts, strict=True)):
            form = request.timestamps, len(prompt), request.beam_size, bool(request.prefix)
            by_form.setdefault(form, []).append(place)
        found: dict[int, Hypothesis] = {}
        for (_, _, beam_size, has_prefix), places in by_form.items():
            n_prompt = len(prompts[places[0]])
            n_tokens = max(requests[place].max_tokens for place in places)
            results = self._model.generate(
                self._batch([segments[place] for place in places]),
                [prompts[place] for place in places],
                beam_size=beam_size,
                # CTranslate2 generates min(max_length / 2, max_length - prompt) tokens.
                max_length=max(2 * n_tokens, n_tokens + n_prompt),
                return_scores=True,
                return_no_speech_prob=True,
                sampling_temperature=0,
                # Behind a prefix the text may end at once.
                suppress_blank=not has_prefix,
            )
            for place, result in zip(places, results, strict=True):
                found[place] = self._hypothesis(result, requests[place])
        return [found[place] for place in range(len(requests))]

    def _batch(self, segments: Sequence[EncodedSegment]) -> Any:
        if len(segments) == 1:
            return segments[0].features
        joined = np.concatenate([np.asarray(segment.features) for segment in segments])
        return self._from_array(joined)

    def _hypothesis(self, result: Any, request: DecodingRequest) -> Hypothesis:
        tokens = result.sequences_ids[0][len(request.prefix) :]  # CTranslate2 repeats the prefix
        n_tokens = len(tokens)
        text_tokens = tuple(token for token in tokens if token < self._tokenizer.end_of_text)
        return Hypothesis(
            tokens=text_tokens,
            contents=tuple(map(self._tokenizer.token_bytes, text_tokens)),
            average_log_probability=result.scores[0] * n_tokens / (n_tokens + 1),
            no_speech_probability=result.no_speech_prob,
            hit_token_limit=n_tokens >= request.max_tokens,
        )

    def align(
        self,
        segments: Sequence[EncodedSegment],
        language: str,
        hypotheses: Sequence[Hypothesis],
        durations_s: Sequence[float],
    ) -> list[list[AlignedToken]]:
        """Dynamic time warping over the alignment heads (openai-whisper `timing.py`)."""
        most_frames = segments[0].n_positions * FRAMES_PER_POSITION
        results = self._model.align(
            self._batch(segments),
            self._start_sequence(language),
            [list(hypothesis.tokens) for hypothesis in hypotheses],
            [min(round(duration_s * FRAMES_PER_SECOND), most_frames) for duration_s in durations_s],
        )
        return [
            _aligned_tokens(result, duration_s)
            for result, duration_s in zip(results, durations_s, strict=True)
        ]

    def score(
        self, segment: EncodedSegment, language: str, texts: Sequence[str]
    ) -> list[Hypothesis]:
        """Teacher forcing: the probability of each token of a given text."""
        tokens = [self._tokenizer.tokenise(f" {text}") for text in texts]
        most_frames = segment.n_positions * FRAMES_PER_POSITION
        results = self._model.align(
            self._batch([segment] * len(texts)),
            self._start_sequence(language),
            tokens,
            [most_frames] * len(texts),
        )
        return [
            Hypothesis(
                tokens=tuple(sequence),
                contents=tuple(map(self._tokenizer.token_bytes, sequence)),
                average_log_probability=sum(
                    math.log(max(probability, LEAST_PROBABILITY))
                    for probability in result.text_token_probs
                )
                / max(1, len(sequence)),
                no_speech_probability=0.0,
                hit_token_limit=False,
            )
            for sequence, result in zip(tokens, results, strict=True)
        ]

    def _prompt(self, request: DecodingRequest) -> list[int]:
        prompt = self._start_sequence(request.language, request.task)
        if not request.timestamps:
            prompt.append(self._tokenizer.no_timestamps)
        if request.hint:
            hint = self._tokenizer.tokenise(" " + request.hint.strip())[:MAX_PROMPT_TOKENS]
            prompt = [self._tokenizer.previous_start, *hint, *prompt]
        return [*prompt, *request.prefix]

    def _start_sequence(self, language: str, task: Task = Task.TRANSCRIBE) -> list[int]:
        if not self._model.is_multilingual:
            return [self._tokenizer.transcript_start]
        return [
            self._tokenizer.transcript_start,
            self._tokenizer.language_tokens[language],
            self._tokenizer.translate if task is Task.TRANSLATE else self._tokenizer.transcribe,
        ]


def cuda_devices() -> int:
    """Return the number of GPUs that the engine can use."""
    import ctranslate2  # noqa: PLC0415  (see above)

    return int(ctranslate2.get_cuda_device_count())


def _aligned_tokens(result: Any, duration_s: float) -> list[AlignedToken]:
    # The path visits every token; the start of a token is its first position on the path.
    starts_s: dict[int, float] = {}
    for token_index, position in result.alignments:
        starts_s.setdefault(token_index, min(position / POSITIONS_PER_SECOND, duration_s))
    return [
        AlignedToken(
            start_s=starts_s.get(index, duration_s),
            end_s=starts_s.get(index + 1, duration_s),
            probability=probability,
        )
        for index, probability in enumerate(result.text_token_probs)
    ]
