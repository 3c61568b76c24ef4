"""Whisper on openai-whisper, the reference implementation: same weights, same words, in torch.

It serves comparisons, and operators that must run the original. On two cores it takes about four
times as long as `ctranslate2_engine.py`. torch is an optional dependency
(`requirements/openai-whisper.txt`), imported when the first engine is made.

The weights are those for CTranslate2, converted to openai-whisper's names in memory; the vocabulary
is part of the package, so this module uses no network and writes no file.
"""

import math
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shared.errors import EngineUnavailable
from shared.models.openai_whisper_checkpoint import Checkpoint, read_checkpoint
from shared.recognition.engines.context_length import EncoderContext, encoder_context
from shared.recognition.engines.engine import (
    AlignedToken,
    DecodingRequest,
    EncodedSegment,
    Hypothesis,
    Positions,
)
from shared.recognition.engines.log_mel import (
    FRAMES_PER_POSITION,
    FRAMES_PER_SECOND,
    POSITIONS_PER_SECOND,
    Samples,
    log_mel_spectrogram,
)
from shared.settings import Settings

LEAST_PROBABILITY = 1e-10
MAX_PROMPT_TOKENS = 223  # half of Whisper's text context, less `<|startofprev|>`
MEDIAN_POSITIONS = 7  # width of the filter over attention, equal to `whisper.timing`


class OpenAIWhisperEngine:
    """A Whisper model in torch, computing in float32 whatever the settings' compute type.

    The encoder may run in any number of threads; the decoder keeps its cache in hooks on the model
    itself, so that one thread decodes or aligns at a time.

    Raises
    ------
    EngineUnavailable: torch or openai-whisper is not installed, or the device does not exist.
    ModelError: the folder has no Whisper model that openai-whisper can load.
    """

    def __init__(self, model_folder: Path, settings: Settings) -> None:
        self._torch, self._whisper = _import_libraries()
        if settings.threads:
            self._torch.set_num_threads(settings.threads)
        checkpoint = read_checkpoint(model_folder)
        try:
            self._model = self._load(checkpoint).to(settings.device).eval()
        except (RuntimeError, AssertionError) as error:
            raise EngineUnavailable(
                f"openai-whisper cannot load the model in {model_folder.name} on {settings.device}."
            ) from error
        n_vocabulary = self._tokenizer("en").encoding.n_vocab
        if n_vocabulary != checkpoint.dimensions["n_vocab"]:
            raise EngineUnavailable(
                f"The model in {model_folder.name} has {checkpoint.dimensions['n_vocab']} tokens, "
                f"openai-whisper's vocabulary {n_vocabulary}."
            )
        every_head = self._model.alignment_heads.indices().T.tolist()
        self._alignment_heads = checkpoint.alignment_heads or tuple(map(tuple, every_head))
        self._decoding = threading.Lock()
        self._context = encoder_context(settings)

    def _load(self, checkpoint: Checkpoint) -> Any:
        """Build the model; names and shapes must be exactly openai-whisper's."""
        model = self._whisper.Whisper(self._whisper.ModelDimensions(**checkpoint.dimensions))
        model.load_state_dict(_state_dictionary(self._torch, checkpoint))
        return model

    @property
    def languages(self) -> frozenset[str]:
        """Languages of the model's vocabulary; English alone for a `.en` model."""
        if not self._model.is_multilingual:
            return frozenset({"en"})
        return frozenset(self._tokenizer("en").all_language_codes)

    @property
    def context(self) -> EncoderContext:
        """That of the settings."""
        return self._context

    @property
    def encodes_in_batches(self) -> bool:
        """Never: see `encode`."""
        return False

    def encode(self, segments: Sequence[Samples], n_positions: int) -> list[EncodedSegment]:
        """Encode segments one by one at their own context.

        openai-whisper's own `forward` requires 30 s; these are its steps, with the position
        encodings of the context only.
        """
        return [EncodedSegment(self._encode(one, n_positions), n_positions) for one in segments]

    def _encode(self, samples: Samples, n_positions: int) -> Any:
        encoder = self._model.encoder
        gelu = self._torch.nn.functional.gelu
        n_frames = n_positions * FRAMES_PER_POSITION
        log_mel = log_mel_spectrogram(samples, n_frames, self._model.dims.n_mels)
        with self._torch.no_grad():
            frames = self._torch.from_numpy(log_mel[np.newaxis]).to(self._model.device)
            features = gelu(encoder.conv2(gelu(encoder.conv1(frames)))).permute(0, 2, 1)
            features = features + encoder.positional_embedding[:n_positions]
            for block in encoder.blocks:
                features = block(features)
            return encoder.ln_post(features)

    def first_positions(self, encoded: EncodedSegment, n_positions: int) -> EncodedSegment:
        """Take a view of the positions."""
        return EncodedSegment(encoded.features[:, :n_positions], n_positions)

    def gather_positions(self, encoded: EncodedSegment, positions: Positions) -> EncodedSegment:
        """Copy positions on the device of the features."""
        indices = self._torch.from_numpy(np.ascontiguousarray(positions)).to(self._model.device)
        return EncodedSegment(encoded.features.index_select(1, indices), len(positions))

    def identify_language(self, segments: Sequence[EncodedSegment]) -> list[dict[str, float]]:
        """Probability of every language: one decoder step on the encoder's output."""
        if not self._model.is_multilingual:
            return [{"en": 1.0}] * len(segments)
        tokenizer = self._tokenizer("en")
        with self._decoding, self._torch.no_grad():
            features = self._torch.cat([segment.features for segment in segments])
            start = self._tokens([[tokenizer.sot]] * len(segments))
            logits = self._model.decoder(start, features)[:, 0, list(tokenizer.all_language_tokens)]
        return [
            dict(zip(tokenizer.all_language_codes, probabilities, strict=True))
            for probabilities in logits.softmax(dim=-1).tolist()
        ]

    def decode(
        self, segments: Sequence[EncodedSegment], requests: Sequence[DecodingRequest]
    ) -> list[Hypothesis]:
        """Decode one segment at a time: a task of openai-whisper has one prompt."""
        with self._decoding:
            return [
                self._decode(segment, request)
                for segment, request in zip(segments, requests, strict=True)
            ]

    def _decode(self, segment: EncodedSegment, request: DecodingRequest) -> Hypothesis:
        decoding, tokenizer = self._whisper.decoding, self._tokenizer(request.language)
        options = decoding.DecodingOptions(
            task=request.task.value,
            language=request.language,
            without_timestamps=not request.timestamps,
            sample_len=request.max_tokens,
            prompt=self._hint_tokens(request.hint),
            prefix=list(request.prefix) or None,
            # Behind a prefix the text may end at once; the default penalty divides by its length.
            suppress_blank=not request.prefix,
            length_penalty=0.0 if request.prefix else None,
            beam_size=request.beam_size if request.beam_size > 1 else None,
            fp16=False,
        )
        task = decoding.DecodingTask(self._model, options)
        # Its own method would treat features of less than 30 s as a spectrogram and encode them.
        task._get_audio_features = lambda features: features  # noqa: SLF001
        (result,) = task.run(segment.features)
        text_tokens = tuple(token for token in result.tokens if token < tokenizer.eot)
        return Hypothesis(
            tokens=text_tokens,
            contents=self._contents(text_tokens),
            average_log_probability=result.avg_logprob,
            no_speech_probability=result.no_speech_prob,
            hit_token_limit=len(result.tokens) >= request.max_tokens,
        )

    def align(
        self,
        segments: Sequence[EncodedSegment],
        language: str,
        hypotheses: Sequence[Hypothesis],
        durations_s: Sequence[float],
    ) -> list[list[AlignedToken]]:
        """Dynamic time warping over the alignment heads, like `whisper.timing`.

        openai-whisper's function would encode each segment again, at 30 s.
        """
        with self._decoding:
            return [
                self._align(segment, language, hypothesis.tokens, duration_s)
                for segment, hypothesis, duration_s in zip(
                    segments, hypotheses, durations_s, strict=True
                )
            ]

    def _align(
        self, segment: EncodedSegment, language: str, tokens: Sequence[int], duration_s: float
    ) -> list[AlignedToken]:
        if not tokens:
            return []
        attention: list[Any] = []  # by layer, shape (n_heads, n_tokens, n_positions)
        hooks = [
            block.cross_attn.register_forward_hook(
                lambda _module, _inputs, outputs: attention.append(outputs[-1][0])
            )
            for block in self._model.decoder.blocks
        ]
        try:
            with self._whisper.model.disable_sdpa():  # which hides the attention weights
                probabilities = self._token_probabilities(segment, language, tokens)
        finally:
            for hook in hooks:
                hook.remove()
        n_frames = min(
            round(duration_s * FRAMES_PER_SECOND), segment.n_positions * FRAMES_PER_POSITION
        )
        n_positions = max(1, n_frames // FRAMES_PER_POSITION)
        weights = self._torch.stack(
            [attention[layer][head] for layer, head in self._alignment_heads]
        )
        weights = weights[:, :, :n_positions].softmax(dim=-1)
        deviation, mean = self._torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
        weights = (weights - mean) / deviation
        weights = self._whisper.timing.median_filter(weights, MEDIAN_POSITIONS)
        # Rows from the prediction of the first text token to the prediction of the end of text.
        n_start = len(self._start_sequence(language)) - 1
        path = self._whisper.timing.dtw(-weights.mean(dim=0)[n_start:-1])
        return _aligned_tokens(path, probabilities, duration_s)

    def score(
        self, segment: EncodedSegment, language: str, texts: Sequence[str]
    ) -> list[Hypothesis]:
        """Teacher forcing: the probability of each token of a given text."""
        with self._decoding:
            return [self._score(segment, language, text) for text in texts]

    def _score(self, segment: EncodedSegment, language: str, text: str) -> Hypothesis:
        tokens = self._tokenise(f" {text}")
        probabilities = self._token_probabilities(segment, language, tokens)
        logarithms = [math.log(max(p, LEAST_PROBABILITY)) for p in probabilities]
        return Hypothesis(
            tokens=tuple(tokens),
            contents=self._contents(tokens),
            average_log_probability=sum(logarithms) / max(1, len(tokens)),
            no_speech_probability=0.0,
            hit_token_limit=False,
        )

    def _token_probabilities(
        self, segment: EncodedSegment, language: str, tokens: Sequence[int]
    ) -> list[float]:
        """Probability of each token given those before it, among all text tokens."""
        start, end_of_text = self._start_sequence(language), self._tokenizer(language).eot
        with self._torch.no_grad():
            read = self._tokens([[*start, *tokens, end_of_text]])
            logits = self._model.decoder(read, segment.features)[0, :, :end_of_text]
            predictions = logits[len(start) - 1 :][: len(tokens)].softmax(dim=-1)
            places = self._torch.arange(len(tokens))
            probabilities: list[float] = predictions[places, list(tokens)].tolist()
        return probabilities

    def _tokens(self, sequences: list[list[int]]) -> Any:
        return self._torch.tensor(sequences, device=self._model.device)

    def _tokenizer(self, language: str) -> Any:
        """openai-whisper's tokenizer for a language; it caches them."""
        return self._whisper.tokenizer.get_tokenizer(
            self._model.is_multilingual,
            num_languages=self._model.num_languages,
            language=language,
            task="transcribe",
        )

    def _start_sequence(self, language: str) -> list[int]:
        return [*self._tokenizer(language).sot_sequence_including_notimestamps]

    def _hint_tokens(self, hint: str) -> list[int]:
        """The hint's first tokens; openai-whisper would keep its last ones."""
        return self._tokenise(" " + hint.strip())[:MAX_PROMPT_TOKENS] if hint else []

    def _tokenise(self, text: str) -> list[int]:
        # Ordinary encoding: `<|endoftext|>` in a caller's phrase list is plain text.
        ids: list[int] = self._tokenizer("en").encoding.encode_ordinary(text)
        return ids

    def _contents(self, tokens: Sequence[int]) -> tuple[bytes, ...]:
        return tuple(map(self._tokenizer("en").encoding.decode_single_token_bytes, tokens))


def write_checkpoint(model_folder: Path, path: Path) -> None:
    """Write a model for CTranslate2 as a file for `whisper.load_model(path)`.

    The format cannot hold the alignment heads: `whisper.transcribe` then computes word times from
    half of all heads, which is less exact.

    Raises
    ------
    EngineUnavailable: torch or openai-whisper is not installed.
    ModelError: the folder has no Whisper model that openai-whisper can load.
    """
    torch, _ = _import_libraries()
    checkpoint = read_checkpoint(model_folder)
    state = _state_dictionary(torch, checkpoint)
    torch.save({"dims": checkpoint.dimensions, "model_state_dict": state}, path)


def _import_libraries() -> tuple[Any, Any]:
    # torch's libgomp reads this once, on load. Threads that wait by spinning slow a shared machine
    # down: at load 5 on two cores 11 s of speech decoded in 5.0 s, with this setting in 0.9 s.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import torch  # noqa: PLC0415  (imported here alone, and only when it is used)
        import whisper  # noqa: PLC0415
        import whisper.timing  # noqa: PLC0415
    except ImportError as error:
        raise EngineUnavailable(
            "The engine openai-whisper needs the packages of requirements/openai-whisper.txt."
        ) from error
    return torch, whisper


def _state_dictionary(torch: Any, checkpoint: Checkpoint) -> dict[str, Any]:
    # Copied, because torch requires writable arrays.
    return {name: torch.from_numpy(np.array(a)) for name, a in checkpoint.weights.items()}


def _aligned_tokens(
    path: Any, probabilities: Sequence[float], duration_s: float
) -> list[AlignedToken]:
    """Time of each token: the path visits all, and a token starts at its first position."""
    starts_s: dict[int, float] = {}
    for token_index, position in zip(*path.tolist(), strict=True):
        starts_s.setdefault(token_index, min(position / POSITIONS_PER_SECOND, duration_s))
    return [
        AlignedToken(
            start_s=starts_s.get(index, duration_s),
            end_s=starts_s.get(index + 1, duration_s),
            probability=probability,
        )
        for index, probability in enumerate(probabilities)
    ]
