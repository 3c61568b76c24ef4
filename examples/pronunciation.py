"""Pronunciation: a reading is assessed, and each word and phoneme has the colour of its score.

    pip install azure-cognitiveservices-speech==1.53.0
    make run                                # in another terminal, in the clone of Sotto
    python examples/pronunciation.py t.wav "Please remind me to buy milk."

SOTTO_URL names another server than http://127.0.0.1:5000, SOTTO_KEY its key. There are no colours
where the output is no terminal, or NO_COLOR is set.
"""

import os
import sys

import azure.cognitiveservices.speech as speech

URL = os.environ.get("SOTTO_URL", "http://127.0.0.1:5000")
KEY = os.environ.get("SOTTO_KEY", "any")
HAS_COLOURS = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
GREEN, YELLOW, RED = 32, 33, 31


def main(file: str, reference: str) -> None:
    """Assess one utterance, up to its first pause."""
    config = speech.SpeechConfig(host=URL.replace("http", "ws", 1), subscription=KEY)
    config.speech_recognition_language = "en-US"
    recogniser = speech.SpeechRecognizer(config, speech.audio.AudioConfig(filename=file))
    assessment = speech.PronunciationAssessmentConfig(
        reference_text=reference,
        grading_system=speech.PronunciationAssessmentGradingSystem.HundredMark,
        granularity=speech.PronunciationAssessmentGranularity.Phoneme,
        enable_miscue=True,
    )
    assessment.enable_prosody_assessment()
    assessment.phoneme_alphabet = "IPA"
    assessment.apply_to(recogniser)
    result = recogniser.recognize_once()
    if result.reason == speech.ResultReason.Canceled:
        sys.exit(reason_of(result.cancellation_details))
    if result.reason != speech.ResultReason.RecognizedSpeech:
        sys.exit("There is no speech in the recording.")
    show(speech.PronunciationAssessmentResult(result))


def show(result: speech.PronunciationAssessmentResult) -> None:
    """Print the scores of the text, then a line for each word."""
    for name in ("pronunciation", "accuracy", "fluency", "completeness", "prosody"):
        score = getattr(result, f"{name}_score")
        print(f"{name.capitalize():14}", coloured(f"{score:5.1f}", score))
    for word in result.words:
        phonemes = (coloured(one.phoneme, one.accuracy_score) for one in word.phonemes or ())
        error = "" if word.error_type == "None" else word.error_type
        score = coloured(f"{word.accuracy_score:5.1f}", word.accuracy_score)
        print(f"{word.word:14}", score, " ".join(phonemes), error)


def coloured(text: str, score: float) -> str:
    """Return the text in green from 80 on, yellow from 60 on, else red."""
    colour = GREEN if score >= 80 else YELLOW if score >= 60 else RED
    return f"\x1b[{colour}m{text}\x1b[0m" if HAS_COLOURS else text


def reason_of(details: speech.CancellationDetails) -> str:
    """Say in a sentence why there is no result."""
    if details.code == speech.CancellationErrorCode.ConnectionFailure:
        return f"No server answers at {URL}: start it with `make run`, or set SOTTO_URL."
    if details.code == speech.CancellationErrorCode.AuthenticationFailure:
        return f"The server at {URL} refuses the key: set SOTTO_KEY."
    return details.error_details


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("python examples/pronunciation.py RECORDING.wav TEXT")
    if not os.path.isfile(sys.argv[1]):
        sys.exit(f"There is no file {sys.argv[1]}.")
    main(sys.argv[1], sys.argv[2])
