"""The assessment of one word: that of the samples in the contract, and its JSON in real time."""

from shared.assessment import (
    AssessedPhoneme,
    AssessedSyllable,
    AssessedWord,
    Assessment,
    ErrorType,
    SpokenPhone,
    WordProsody,
)
from shared.transcript import Alternative, Phrase, Word

HELLO = Phrase(
    channel=0,
    locale="en-US",
    offset_s=0.75,
    duration_s=1.38,
    n_best=(
        Alternative(0.97, "hello", "hello", "hello", "Hello."),
        Alternative(0.4, "hollow", "hollow", "hollow", "Hollow."),
    ),
    words=(Word("hello", 0.75, 1.38, 0.97),),
    display_words=(Word("Hello.", 0.75, 1.38, 0.97),),
)

HELLO_ASSESSMENT = Assessment(
    accuracy=92.0,
    fluency=100.0,
    completeness=100.0,
    prosody=87.0,
    pronunciation=90.8,
    snr_db=38.5,
    words=(
        AssessedWord(
            "hello", 0.75, 1.38, 92.0, ErrorType.NONE,
            phonemes=(
                AssessedPhoneme(
                    "HH", 0.75, 0.35, 98.0, (SpokenPhone("HH", 100.0), SpokenPhone("K", 23.0))
                ),
                AssessedPhoneme(
                    "EH0", 1.11, 0.05, 47.0, (SpokenPhone("AH0", 100.0), SpokenPhone("EH0", 47.0))
                ),
            ),
            syllables=(
                AssessedSyllable(("HH", "EH0"), "hel", 0.75, 0.41, 83.0),
                AssessedSyllable(("L", "OW1"), "lo", 1.17, 0.96, 100.0),
            ),
            prosody=WordProsody(0.0, 0.01, 0.1, 0.0, 0.0, 0.91),
        ),
    ),
)  # fmt: skip

# As in the contract, without id and channel.
HELLO_RESULT = {
    "RecognitionStatus": "Success",
    "Offset": 7_500_000,
    "Duration": 13_800_000,
    "DisplayText": "Hello.",
    "SNR": 38.5,
    "NBest": [
        {
            "Confidence": 0.97,
            "Lexical": "hello",
            "ITN": "hello",
            "MaskedITN": "hello",
            "Display": "Hello.",
            "PronunciationAssessment": {
                "AccuracyScore": 92.0,
                "FluencyScore": 100.0,
                "ProsodyScore": 87.0,
                "CompletenessScore": 100.0,
                "PronScore": 90.8,
            },
            "Words": [
                {
                    "Word": "hello",
                    "Offset": 7_500_000,
                    "Duration": 13_800_000,
                    "PronunciationAssessment": {
                        "AccuracyScore": 92.0,
                        "ErrorType": "None",
                        "Feedback": {
                            "Prosody": {
                                "Break": {
                                    "ErrorTypes": ["None"],
                                    "UnexpectedBreak": {"Confidence": 0.01},
                                    "MissingBreak": {"Confidence": 0.1},
                                    "BreakLength": 0,
                                },
                                "Intonation": {
                                    "ErrorTypes": [],
                                    "Monotone": {
                                        "Confidence": 0.0,
                                        "WordPitchSlopeConfidence": 0.0,
                                        "SyllablePitchDeltaConfidence": 0.91,
                                    },
                                },
                            }
                        },
                    },
                    "Syllables": [
                        {
                            "Syllable": "hɛ",
                            "Grapheme": "hel",
                            "Offset": 7_500_000,
                            "Duration": 4_100_000,
                            "PronunciationAssessment": {"AccuracyScore": 83.0},
                        },
                        {
                            "Syllable": "loʊ",
                            "Grapheme": "lo",
                            "Offset": 11_700_000,
                            "Duration": 9_600_000,
                            "PronunciationAssessment": {"AccuracyScore": 100.0},
                        },
                    ],
                    "Phonemes": [
                        {
                            "Phoneme": "h",
                            "Offset": 7_500_000,
                            "Duration": 3_500_000,
                            "PronunciationAssessment": {
                                "AccuracyScore": 98.0,
                                "NBestPhonemes": [
                                    {"Phoneme": "h", "Score": 100.0},
                                    {"Phoneme": "k", "Score": 23.0},
                                ],
                            },
                        },
                        {
                            "Phoneme": "ɛ",
                            "Offset": 11_100_000,
                            "Duration": 500_000,
                            "PronunciationAssessment": {
                                "AccuracyScore": 47.0,
                                "NBestPhonemes": [
                                    {"Phoneme": "ə", "Score": 100.0},
                                    {"Phoneme": "ɛ", "Score": 47.0},
                                ],
                            },
                        },
                    ],
                }
            ],
        }
    ],
}
