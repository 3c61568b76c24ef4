"""Conversion of a CTranslate2 Whisper model's weights to openai-whisper's names.

No value changes: CTranslate2 stacks the projections of an attention (query, key and value; key and
value in cross-attention), openai-whisper keeps them separate. Every array that openai-whisper needs
is taken once, in the required shape, and none may be left over: a model of another kind is refused
here instead of giving nonsense later.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.errors import ModelError
from shared.models.ctranslate2_weights import Array, read_weights


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A Whisper model in openai-whisper's format.

    dimensions: fields of its `ModelDimensions`.
    weights: its state dictionary, in the number format of the source.
    alignment_heads: (layer, head) of the decoder for alignment; empty if unknown.
    """

    dimensions: dict[str, int]
    weights: dict[str, Array]
    alignment_heads: tuple[tuple[int, int], ...]


def read_checkpoint(model_folder: Path) -> Checkpoint:
    """Read a folder with a Whisper model for CTranslate2; its weights are mapped into memory.

    Raises
    ------
    ModelError: no Whisper model, or one whose weights are quantised.
    """
    arrays = read_weights(model_folder / "model.bin").arrays
    try:
        dimensions = _dimensions(arrays)
        weights = dict(_Conversion(arrays, dimensions).run())
        heads = json.loads((model_folder / "config.json").read_bytes()).get("alignment_heads", [])
        alignment_heads = tuple((int(layer), int(head)) for layer, head in heads)
    except (OSError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise ModelError(
            f"{model_folder} holds no Whisper model with weights in float16 or float32 that "
            f"openai-whisper can take: {_reason(error)}."
        ) from error
    return Checkpoint(dimensions, weights, alignment_heads)


class _Conversion:
    """Takes arrays out of a copy of the list, so that leftovers are detected at the end."""

    def __init__(self, arrays: Mapping[str, Array], dimensions: Mapping[str, int]) -> None:
        self._arrays = dict(arrays)
        self._dimensions = dimensions

    def run(self) -> Iterator[tuple[str, Array]]:
        """Yield names and arrays of the state dictionary."""
        yield from self._encoder()
        yield from self._decoder()
        # Scalars are options of CTranslate2: activation, number of heads ...
        left = [name for name, array in self._arrays.items() if array.shape]
        if unknown := [name for name in left if name != "decoder/alignment_heads"]:
            raise ValueError(f"no place for {unknown[0]}")

    def _encoder(self) -> Iterator[tuple[str, Array]]:
        n_mels, n_state = self._dimensions["n_mels"], self._dimensions["n_audio_state"]
        for name, n_inputs in (("conv1", n_mels), ("conv2", n_state)):
            yield (
                f"encoder.{name}.weight",
                self._take(f"encoder/{name}/weight", n_state, n_inputs, 3),
            )
            yield f"encoder.{name}.bias", self._take(f"encoder/{name}/bias", n_state)
        yield from self._positions("encoder", self._dimensions["n_audio_ctx"], n_state)
        for layer in range(self._dimensions["n_audio_layer"]):
            theirs, ours = f"encoder/layer_{layer}", f"encoder.blocks.{layer}"
            yield from self._self_attention(theirs, ours, n_state)
            yield from self._feed_forward(theirs, ours, n_state)
        yield from self._norm("encoder/layer_norm", "encoder.ln_post", n_state)

    def _decoder(self) -> Iterator[tuple[str, Array]]:
        n_vocab, n_state = self._dimensions["n_vocab"], self._dimensions["n_text_state"]
        yield (
            "decoder.token_embedding.weight",
            self._take("decoder/embeddings/weight", n_vocab, n_state),
        )
        yield from self._positions("decoder", self._dimensions["n_text_ctx"], n_state)
        for layer in range(self._dimensions["n_text_layer"]):
            theirs, ours = f"decoder/layer_{layer}", f"decoder.blocks.{layer}"
            yield from self._self_attention(theirs, ours, n_state)
            yield from self._cross_attention(theirs, ours, n_state)
            yield from self._feed_forward(theirs, ours, n_state)
        yield from self._norm("decoder/layer_norm", "decoder.ln", n_state)

    def _positions(self, half: str, n_positions: int, n_state: int) -> Iterator[tuple[str, Array]]:
        positions = self._take(f"{half}/position_encodings/encodings", n_positions, n_state)
        yield f"{half}.positional_embedding", positions

    def _self_attention(self, theirs: str, ours: str, n_state: int) -> Iterator[tuple[str, Array]]:
        theirs, ours = f"{theirs}/self_attention", f"{ours}.attn"
        yield from self._norm(f"{theirs}/layer_norm", f"{ours}_ln", n_state)
        parts = ("query", "key", "value")
        yield from self._stacked(f"{theirs}/linear_0", ours, parts, n_state)
        yield from self._linear(f"{theirs}/linear_1", f"{ours}.out", n_state, n_state)

    def _cross_attention(self, theirs: str, ours: str, n_state: int) -> Iterator[tuple[str, Array]]:
        theirs, ours = f"{theirs}/attention", f"{ours}.cross_attn"
        yield from self._norm(f"{theirs}/layer_norm", f"{ours}_ln", n_state)
        yield from self._linear(f"{theirs}/linear_0", f"{ours}.query", n_state, n_state)
        yield from self._stacked(f"{theirs}/linear_1", ours, ("key", "value"), n_state)
        yield from self._linear(f"{theirs}/linear_2", f"{ours}.out", n_state, n_state)

    def _feed_forward(self, theirs: str, ours: str, n_state: int) -> Iterator[tuple[str, Array]]:
        yield from self._norm(f"{theirs}/ffn/layer_norm", f"{ours}.mlp_ln", n_state)
        yield from self._linear(f"{theirs}/ffn/linear_0", f"{ours}.mlp.0", 4 * n_state, n_state)
        yield from self._linear(f"{theirs}/ffn/linear_1", f"{ours}.mlp.2", n_state, 4 * n_state)

    def _norm(self, theirs: str, ours: str, n_state: int) -> Iterator[tuple[str, Array]]:
        yield f"{ours}.weight", self._take(f"{theirs}/gamma", n_state)
        yield f"{ours}.bias", self._take(f"{theirs}/beta", n_state)

    def _linear(
        self, theirs: str, ours: str, n_outputs: int, n_inputs: int
    ) -> Iterator[tuple[str, Array]]:
        yield f"{ours}.weight", self._take(f"{theirs}/weight", n_outputs, n_inputs)
        yield f"{ours}.bias", self._take(f"{theirs}/bias", n_outputs)

    def _stacked(
        self, theirs: str, ours: str, parts: tuple[str, ...], n_state: int
    ) -> Iterator[tuple[str, Array]]:
        """Split the rows of stacked projections; a key has no bias."""
        weight = self._take(f"{theirs}/weight", len(parts) * n_state, n_state)
        bias = self._take(f"{theirs}/bias", len(parts) * n_state)
        for place, part in enumerate(parts):
            rows = slice(place * n_state, (place + 1) * n_state)
            yield f"{ours}.{part}.weight", weight[rows]
            if part != "key":
                yield f"{ours}.{part}.bias", bias[rows]
            elif bias[rows].any():
                raise ValueError(f"{theirs} has a bias for its keys")

    def _take(self, name: str, *shape: int) -> Array:
        array = self._arrays.pop(name)
        if array.shape != shape or array.dtype.kind != "f":
            raise ValueError(f"{name} is {array.dtype} {array.shape}, not floats {shape}")
        return array


def _dimensions(arrays: Mapping[str, Array]) -> dict[str, int]:
    """Infer the sizes of the model from the shapes of its arrays."""
    n_audio_state, n_mels, _ = arrays["encoder/conv1/weight"].shape
    n_audio_ctx, _ = arrays["encoder/position_encodings/encodings"].shape
    n_vocab, n_text_state = arrays["decoder/embeddings/weight"].shape
    n_text_ctx, _ = arrays["decoder/position_encodings/encodings"].shape
    return {
        "n_mels": n_mels,
        "n_audio_ctx": n_audio_ctx,
        "n_audio_state": n_audio_state,
        "n_audio_head": int(arrays["encoder/num_heads"]),
        "n_audio_layer": _n_layers(arrays, "encoder"),
        "n_vocab": n_vocab,
        "n_text_ctx": n_text_ctx,
        "n_text_state": n_text_state,
        "n_text_head": int(arrays["decoder/num_heads"]),
        "n_text_layer": _n_layers(arrays, "decoder"),
    }


def _n_layers(arrays: Mapping[str, Array], half: str) -> int:
    found = (re.match(rf"{half}/layer_(\d+)/", name) for name in arrays)
    return len({match[1] for match in found if match})


def _reason(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
