"""Run each recogniser of the native Speech SDK against a server, and print what they heard.

    python scripts/check_speech_sdk.py ws://127.0.0.1:5000 KEY FILE WORD

FILE is a WAV file of English speech with WORD in it. Exits with 1 if one of them does not hear it.
"""

import sys
import threading
from collections.abc import Callable
from typing import Any

import azure.cognitiveservices.speech as sdk

LIMIT_S = 60


def main(address: str, key: str, path: str, word: str) -> int:
    """Run all of them; return the exit status."""
    audio = sdk.audio.AudioConfig

    def config(kind: Any = sdk.SpeechConfig) -> Any:
        made = kind(host=address, subscription=key)
        made.speech_recognition_language = "en-US"
        return made

    def all_of(recogniser: Any, verb: str, event: str) -> str:
        texts, stopped = [], threading.Event()
        getattr(recogniser, event).connect(lambda heard: texts.append(heard.result.text))
        recogniser.session_stopped.connect(lambda _: stopped.set())
        getattr(recogniser, f"start_{verb}_async")().get()
        stopped.wait(LIMIT_S)
        getattr(recogniser, f"stop_{verb}_async")().get()
        return " ".join(texts)

    def dictation() -> str:
        dictated = config()
        dictated.enable_dictation()
        recogniser = sdk.SpeechRecognizer(dictated, audio(filename=path))
        return all_of(recogniser, "continuous_recognition", "recognized")

    def translated() -> str:
        to_english = config(sdk.translation.SpeechTranslationConfig)
        to_english.add_target_language("en")
        recogniser = sdk.translation.TranslationRecognizer(
            translation_config=to_english, audio_config=audio(filename=path)
        )
        return str(recogniser.recognize_once().translations["en"])

    languages = sdk.languageconfig.AutoDetectSourceLanguageConfig(languages=["de-DE", "en-US"])

    def language_of(kind: Any) -> Any:
        return kind(
            speech_config=sdk.SpeechConfig(host=address, subscription=key),
            auto_detect_source_language_config=languages,
            audio_config=audio(filename=path),
        ).recognize_once()

    def spoken() -> str:
        result = sdk.SpeechSynthesizer(config(), None).speak_text(f"The {word}.")
        is_whole = result.reason == sdk.ResultReason.SynthesizingAudioCompleted
        return f"{word}: {len(result.audio_data)} bytes" if is_whole else ""

    def source_language() -> str:
        found = sdk.AutoDetectSourceLanguageResult(language_of(sdk.SourceLanguageRecognizer))
        return f"{word}: {found.language}" if found.language == "en-US" else ""

    checks: dict[str, Callable[[], str]] = {
        "recognize_once": lambda: sdk.SpeechRecognizer(
            config(), audio(filename=path)
        ).recognize_once().text,
        "continuous": lambda: all_of(
            sdk.SpeechRecognizer(config(), audio(filename=path)),
            "continuous_recognition", "recognized",
        ),
        "dictation": dictation,
        "auto-detect": lambda: language_of(sdk.SpeechRecognizer).text,
        "ConversationTranscriber": lambda: all_of(
            sdk.transcription.ConversationTranscriber(config(), audio(filename=path)),
            "transcribing", "transcribed",
        ),
        "TranslationRecognizer": translated,
        "SourceLanguageRecognizer": source_language,
        "SpeechSynthesizer": spoken,
    }  # fmt: skip
    status = 0
    for name, check in checks.items():
        heard = check()
        is_right = word in heard
        status |= not is_right
        print(f"{name}|{heard if is_right else 'FAILED'}", flush=True)  # noqa: T201 - its output
    return int(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
