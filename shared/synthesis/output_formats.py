"""Output formats of Azure's text to speech, by the names that clients send.

Source: rest-text-to-speech, "Audio outputs", and the Speech SDK's enumeration.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.audio.encode import Container, Encoding
from shared.errors import UnsupportedOutput


@dataclass(frozen=True, slots=True)
class OutputFormat:
    """Encoding of an answer, and its media type."""

    encoding: Encoding
    media_type: str


_PCM, _ALAW, _MULAW, _MP3, _OPUS = "pcm_s16le", "pcm_alaw", "pcm_mulaw", "libmp3lame", "libopus"
_WAV_TYPE, _PCM_TYPE, _LAW_TYPE, _MP3_TYPE = "audio/x-wav", "audio/pcm", "audio/basic", "audio/mpeg"
_OGG_TYPE, _WEBM_TYPE = "audio/ogg; codecs=opus", "audio/webm; codecs=opus"
_PCM_RATES = {
    "8khz": 8_000, "16khz": 16_000, "22050hz": 22_050, "24khz": 24_000, "44100hz": 44_100,
    "48khz": 48_000,
}  # fmt: skip


def _format(
    container: Container, codec: str, sample_rate: int, media_type: str, bit_rate: int | None = None
) -> OutputFormat:
    return OutputFormat(Encoding(container, codec, sample_rate, bit_rate), media_type)


OUTPUT_FORMATS: Mapping[str, OutputFormat] = {
    **{
        f"riff-{name}-16bit-mono-pcm": _format(Container.WAV, _PCM, rate, _WAV_TYPE)
        for name, rate in _PCM_RATES.items()
    },
    **{
        f"raw-{name}-16bit-mono-pcm": _format(Container.RAW, _PCM, rate, _PCM_TYPE)
        for name, rate in _PCM_RATES.items()
    },
    "riff-8khz-8bit-mono-alaw": _format(Container.WAV, _ALAW, 8_000, _WAV_TYPE),
    "riff-8khz-8bit-mono-mulaw": _format(Container.WAV, _MULAW, 8_000, _WAV_TYPE),
    "raw-8khz-8bit-mono-alaw": _format(Container.RAW, _ALAW, 8_000, _LAW_TYPE),
    "raw-8khz-8bit-mono-mulaw": _format(Container.RAW, _MULAW, 8_000, _LAW_TYPE),
    **{
        f"audio-{khz}khz-{kbit}kbitrate-mono-mp3": _format(
            Container.MP3, _MP3, khz * 1_000, _MP3_TYPE, kbit * 1_000
        )
        for khz, kbits in ((16, (32, 64, 128)), (24, (48, 96, 160)), (48, (96, 192)))
        for kbit in kbits
    },
    **{
        f"ogg-{khz}khz-16bit-mono-opus": _format(Container.OGG, _OPUS, khz * 1_000, _OGG_TYPE)
        for khz in (16, 24, 48)
    },
    **{
        f"webm-{khz}khz-16bit-mono-opus": _format(Container.WEBM, _OPUS, khz * 1_000, _WEBM_TYPE)
        for khz in (16, 24)
    },
    "webm-24khz-16bit-24kbps-mono-opus": _format(Container.WEBM, _OPUS, 24_000, _WEBM_TYPE, 24_000),
    # Documented as Opus without a container.
    **{
        f"audio-{khz}khz-16bit-{kbps}kbps-mono-opus": _format(
            Container.RAW, _OPUS, khz * 1_000, "audio/opus", kbps * 1_000
        )
        for khz, kbps in ((16, 32), (24, 24), (24, 48))
    },
}

# The contract has these, but FFmpeg's wheel has no free encoder for them.
_WITHOUT_ENCODER = frozenset(
    {"amr-wb-16000hz", "raw-16khz-16bit-mono-truesilk", "raw-24khz-16bit-mono-truesilk"}
)

# OpenAI's names. Its `pcm` has 24 kHz, so all of them have.
OPENAI_FORMATS: Mapping[str, OutputFormat] = {
    "mp3": _format(Container.MP3, _MP3, 24_000, _MP3_TYPE, 96_000),
    "opus": _format(Container.OGG, _OPUS, 24_000, "audio/ogg", 32_000),
    "aac": _format(Container.ADTS, "aac", 24_000, "audio/aac", 96_000),
    "flac": _format(Container.FLAC, "flac", 24_000, "audio/flac"),
    "wav": _format(Container.WAV, _PCM, 24_000, "audio/wav"),
    "pcm": _format(Container.RAW, _PCM, 24_000, _PCM_TYPE),
}


def find_output_format(name: str) -> OutputFormat:
    """Find a format by its name, case-insensitive.

    Raises
    ------
    UnsupportedOutput: the name is empty or unknown, or its format has no encoder.
    """
    lowered = name.strip().lower()
    if not lowered:
        raise UnsupportedOutput("The header X-Microsoft-OutputFormat is missing.")
    if lowered in _WITHOUT_ENCODER:
        raise UnsupportedOutput("This server has no encoder for that output format.")
    found = OUTPUT_FORMATS.get(lowered)
    if found is None:
        raise UnsupportedOutput("The header X-Microsoft-OutputFormat names no known format.")
    return found
