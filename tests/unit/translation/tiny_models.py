"""Models of a few words, made on the spot: CTranslate2's format, without any training.

They prove the plumbing of a folder, not that anything translates well. Embeddings are one-hot,
attention is even over the source, and the projection adds up what was in the source and what was
written last, so that a dictionary of single words can be put into its weights.
"""

import io
import json

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec, model_spec

# Weights are numpy arrays; with an incomplete installation of torch the writer expects tensors.
model_spec.torch_is_available = False

SPECIAL = ["<s>", "</s>", "<unk>"]
WORDS = {"house": {"es": "casa", "ca": "casal"}, "dog": {"es": "perro", "ca": "gos"}}
PUNCTUATION = "."


def pieces(*languages):
    """Source words and the words of these languages, as SentencePiece writes them."""
    written = [word[language] for word in WORDS.values() for language in languages]
    return ["▁" + word for word in (*WORDS, *written)] + [PUNCTUATION]


def write_pair_model(folder, target="es", *, adds_source_eos=False):
    """Write a model of one pair, as OPUS-MT has them: two SentencePiece files."""
    tokens = [*SPECIAL, *pieces(target)]
    _write_weights(folder, tokens, {target: "<s>"}, adds_source_eos=adds_source_eos)
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(_sentencepiece(tokens))


def write_many_languages_model(folder, language_tokens, *, tokenizer="sentencepiece"):
    """Write a multilingual model with language tokens, as NLLB and M2M-100 have."""
    targets = [code for code in language_tokens if code != "en"]
    tokens = [*SPECIAL, *language_tokens.values(), *pieces(*targets)]
    _write_weights(folder, tokens, {code: language_tokens[code] for code in targets})
    if tokenizer == "sentencepiece":
        (folder / "sentencepiece.bpe.model").write_bytes(_sentencepiece(tokens))
    else:
        (folder / "tokenizer.json").write_text(_tokenizer_json(tokens))


def _write_weights(folder, tokens, written_after, *, adds_source_eos=False):
    folder.mkdir(parents=True, exist_ok=True)
    size = len(tokens)
    at = tokens.index
    projection = np.zeros((size, size), np.float32)
    for language, prompt in written_after.items():
        for word, translations in WORDS.items():
            written = at("▁" + translations[language])
            projection[written, at("▁" + word)] = projection[written, at(prompt)] = 10.0
            projection[at("</s>"), written] = 20.0
    spec = TransformerSpec.from_config(1, 1, no_final_norm=True)
    spec.config.add_source_eos = adds_source_eos
    identity = np.eye(size, dtype=np.float32)
    for coder in (spec.encoder, spec.decoder):
        coder.scale_embeddings = False
        coder.position_encodings.encodings = np.zeros((64, size), np.float32)
    spec.encoder.embeddings[0].weight = spec.decoder.embeddings.weight = identity
    spec.decoder.projection.weight = projection
    _fill(spec, size)
    # Keys nothing, values the source itself.
    values = np.concatenate([np.zeros((size, size)), identity]).astype(np.float32)
    attention = spec.decoder.layer[0].attention
    attention.linear[1].weight, attention.linear[2].weight = values, identity
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.validate()
    spec.save(str(folder))


def _fill(spec, size):
    """Give every weight that is not set zeros, and norms their neutral values."""
    for layers in (spec.encoder.layer, spec.decoder.layer):
        for layer in layers:
            for name in ("self_attention", "attention", "ffn"):
                part = getattr(layer, name, None)
                if part is None:
                    continue
                part.layer_norm.gamma = np.ones(size, np.float32)
                part.layer_norm.beta = np.zeros(size, np.float32)
                if name == "ffn":
                    part.linear_0.weight = np.zeros((size, size), np.float32)
                    part.linear_1.weight = np.zeros((size, size), np.float32)
                    continue
                fused = {"self_attention": [3, 1], "attention": [1, 2, 1]}[name]
                for linear, times in zip(part.linear, fused, strict=True):
                    linear.weight = np.zeros((times * size, size), np.float32)


def _sentencepiece(tokens):
    words = [token.removeprefix("▁") for token in tokens if token not in SPECIAL]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(words)] * 3),
        model_writer=model,
        model_type="word",
        vocab_size=len(words) + 3,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return model.getvalue()


def _tokenizer_json(tokens):
    """Fast tokenizer with the same pieces."""
    return json.dumps(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [],
            "normalizer": None,
            "pre_tokenizer": {
                "type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True,
            },
            "post_processor": None,
            "decoder": {
                "type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True,
            },
            "model": {
                "type": "WordLevel",
                "vocab": {token: place for place, token in enumerate(tokens)},
                "unk_token": "<unk>",
            },
        }
    )  # fmt: skip
