from shared.diarization.speech_turn import SpeechTurn
from shared.formats.rttm import rttm
from shared.transcript import Alternative, Phrase


def test_a_turn_is_a_line_of_ten_columns():
    assert rttm([SpeechTurn(2, 1.5, 0.25)], "call") == (
        "SPEAKER call 1 1.500 0.250 <NA> <NA> Guest-2 <NA> <NA>\n"
    )


def test_a_phrase_is_a_turn_too_if_it_has_a_speaker():
    reading = (Alternative(0.9, "hi", "hi", "hi", "Hi."),)
    phrases = [Phrase(1, "en-US", 0.1, 0.3, reading, speaker=1), Phrase(1, "en-US", 2, 1, reading)]
    assert rttm(phrases, "call", channel=1) == (
        "SPEAKER call 2 0.100 0.300 <NA> <NA> Guest-1 <NA> <NA>\n"
    )


def test_a_name_with_blanks_keeps_its_column():
    (line,) = rttm([SpeechTurn(1, 0, 1)], "my call\n1").splitlines()
    assert line.split()[1] == "my_call_1"
    assert len(line.split()) == 10


def test_silence_has_no_line():
    assert rttm([], "") == ""
