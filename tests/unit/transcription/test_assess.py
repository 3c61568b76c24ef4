"""A short audio with its assessment: one session, one utterance, all of the samples."""

from dataclasses import replace

import numpy as np
import pytest
from assessed_speech import HELLO, HELLO_ASSESSMENT

from shared.assessment import AssessmentOptions
from shared.audio.stream import RawPcm, open_audio
from shared.errors import FeatureUnavailable, InvalidReferenceText
from shared.recognition.options import RecognitionOptions
from shared.settings import Settings
from shared.text_forms.profanity import ProfanityMode
from shared.transcript import Alternative, Dropped, DropReason
from shared.transcription.assess import AssessedTranscript, as_read, assess
from shared.transcription.local_transcriber import LocalTranscriber
from shared.transcription.scripted_transcriber import ScriptedTranscriber

ENGLISH = RecognitionOptions(locales=("en-US",))
READING = AssessmentOptions(reference_text="Hello.")


def stream_of(samples, n_channels=1):
    return open_audio(samples.tobytes(), raw=RawPcm(n_channels=n_channels))


class Recorder(ScriptedTranscriber):
    """Keeps the samples that are assessed."""

    def start_assessment(self, *args):
        """Start a session that keeps samples."""
        session = super().start_assessment(*args)
        assess_samples = session.assess

        def keep(samples, offset_s, phrases):
            self.samples = samples
            return assess_samples(samples, offset_s, phrases)

        session.assess = keep
        return session


def test_the_samples_are_those_of_all_channels_from_minus_one_to_one():
    left = np.linspace(-30_000, 30_000, 40_000).astype(np.int16)
    transcriber = Recorder([HELLO], assessment=HELLO_ASSESSMENT)
    stream = stream_of(np.stack([left, left], axis=1), n_channels=2)
    assessed = assess(transcriber, stream, ENGLISH, READING)
    assert assessed.assessment is HELLO_ASSESSMENT
    assert transcriber.samples.dtype == np.float32
    assert transcriber.samples == pytest.approx(left / 32_768, abs=1e-6)
    assert transcriber.assessed == [(2.5, 0.0, (HELLO,))]


def test_word_times_are_requested_for_the_assessment():
    transcriber = ScriptedTranscriber([HELLO], assessment=HELLO_ASSESSMENT)
    assess(transcriber, stream_of(np.zeros(16_000, np.int16)), ENGLISH, READING)
    assert [one.word_timestamps for one in transcriber.requested] == [True]
    assert transcriber.requested_assessments == [(READING, "en-US")]


def test_audio_without_a_text_is_not_assessed():
    silence = Dropped(0, 0.0, 1.0, DropReason.SILENCE)
    transcriber = ScriptedTranscriber([silence], assessment=HELLO_ASSESSMENT)
    assessed = assess(transcriber, stream_of(np.zeros(16_000, np.int16)), ENGLISH, READING)
    assert isinstance(assessed, AssessedTranscript)
    assert (assessed.assessment, transcriber.assessed) == (None, [])


def test_without_miscues_the_text_is_that_of_the_reference():
    later = replace(HELLO, offset_s=2.5, duration_s=0.46, n_best=(Alternative(0.57, *["it"] * 4),))
    options = AssessmentOptions(reference_text=" Dr. Lee has  25 shit cats.")
    (read,) = as_read((HELLO, later), options, ProfanityMode.MASKED)
    assert (read.offset_s, read.duration_s) == pytest.approx((0.75, 2.21))
    assert read.best.lexical == "doctor lee has twenty five shit cats"
    assert read.best.itn == "dr lee has 25 shit cats"
    assert read.best.masked_itn == "dr lee has 25 **** cats"
    assert read.best.display == "Dr. Lee has 25 shit cats."
    assert read.best.confidence == pytest.approx(0.87)  # weighted by duration
    assert (len(read.n_best), read.words) == (1, ())


@pytest.mark.parametrize(
    "options",
    [
        AssessmentOptions(reference_text="Good morning.", miscue=True),
        AssessmentOptions(reference_text="Good morning. Hello.", is_continuous=True),
        AssessmentOptions(reference_text=" "),
    ],
)
def test_with_miscues_in_parts_or_without_a_reference_the_text_is_that_which_was_said(options):
    assert as_read([HELLO], options, ProfanityMode.MASKED) == (HELLO,)


def test_a_refused_text_costs_no_audio():
    transcriber = ScriptedTranscriber([HELLO], assessment=InvalidReferenceText("No words."))
    stream = stream_of(np.zeros(16_000, np.int16))
    with pytest.raises(InvalidReferenceText):
        assess(transcriber, stream, ENGLISH, READING)
    assert (stream.duration_s, transcriber.requested) == (0.0, [])


def test_a_server_with_the_setting_off_has_no_assessment():
    transcriber = LocalTranscriber(Settings(pronunciation=False))
    stream = stream_of(np.zeros(16_000, np.int16))
    with pytest.raises(FeatureUnavailable, match="Pronunciation assessment is"):
        assess(transcriber, stream, ENGLISH, READING)
