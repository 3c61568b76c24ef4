from dataclasses import replace

from shared.diarization.assignment import assign_speakers
from shared.diarization.speech_turn import SpeechTurn
from shared.transcript import Alternative, Phrase, Translation, Word


def words(*timed):
    """Words are (text, start, end) in seconds."""
    return tuple(Word(text, start, end - start, 0.9) for text, start, end in timed)


def phrase(lexical, display=None, locale="en-US", itn=None):
    display = lexical if display is None else display
    itn = itn or " ".join(word.text.lower().strip(".,?!") for word in display)
    reading = Alternative(
        0.9, " ".join(w.text for w in lexical), itn, itn, " ".join(w.text for w in display)
    )
    offset_s = lexical[0].offset_s
    end_s = lexical[-1].offset_s + lexical[-1].duration_s
    return Phrase(0, locale, offset_s, end_s - offset_s, (reading,), lexical, display)


def sentence(text):
    """Five words with the times of two clauses."""
    times = ((0.0, 0.3), (0.3, 0.6), (0.6, 1.0), (1.2, 1.6), (1.6, 2.2))
    return words(*((word, *time) for word, time in zip(text.split(), times, strict=True)))


GREETING = phrase(sentence("how are you fine thanks"), sentence("How are you? Fine, thanks."))


def test_a_phrase_of_one_speaker_stays_as_it_is():
    turns = [SpeechTurn(1, 0.0, 5.0)]
    assert assign_speakers([GREETING], turns) == (replace(GREETING, speaker=1),)


def test_a_phrase_ends_where_the_speaker_changes():
    question, answer = assign_speakers(
        [GREETING], [SpeechTurn(1, 0.0, 1.1), SpeechTurn(2, 1.15, 2.0)]
    )
    assert (question.speaker, answer.speaker) == (1, 2)
    assert question.n_best == (
        Alternative(0.9, "how are you", *["how are you"] * 2, "How are you?"),
    )
    assert answer.n_best == (
        Alternative(0.9, "fine thanks", *["fine thanks"] * 2, "Fine, thanks."),
    )
    assert (question.offset_s, question.duration_s) == (0.0, 1.0)
    assert (answer.offset_s, round(answer.duration_s, 3)) == (1.2, 1.0)
    assert question.words + answer.words == GREETING.words
    assert question.display_words + answer.display_words == GREETING.display_words


def test_speakers_are_numbered_by_the_phrases_they_say():
    """Speaker 1 of the diarization only coughed."""
    turns = [SpeechTurn(1, 0.0, 0.1), SpeechTurn(3, 10.0, 2.0), SpeechTurn(2, 20.0, 2.0)]
    late = phrase(words(("later", 20.0, 20.5)))
    early = phrase(words(("early", 10.0, 10.5)))
    assert [said.speaker for said in assign_speakers([late, early], turns)] == [2, 1]


def test_a_word_at_the_edge_of_a_change_joins_its_neighbours():
    """Half of `you` lies in the other's turn: 0.2 s of speech are no turn."""
    turns = [SpeechTurn(1, 0.0, 0.8), SpeechTurn(2, 0.8, 0.2), SpeechTurn(1, 1.0, 2.0)]
    (said,) = assign_speakers([GREETING], turns)
    assert said.speaker == 1


def test_a_short_answer_with_enough_speech_is_a_turn():
    turns = [SpeechTurn(1, 0.0, 1.15), SpeechTurn(2, 1.15, 0.45), SpeechTurn(1, 1.6, 2.0)]
    assert [said.speaker for said in assign_speakers([GREETING], turns)] == [1, 2, 1]


def test_words_without_speech_go_to_the_nearest_turn():
    turns = [SpeechTurn(1, 0.0, 0.5), SpeechTurn(2, 9.0, 1.0)]
    lonely = phrase(words(("hello", 7.0, 7.5)))
    first, second = assign_speakers([phrase(words(("so", 0.1, 0.4))), lonely], turns)
    assert (first.speaker, second.speaker) == (1, 2)


def test_a_phrase_without_word_times_gets_the_speaker_of_most_of_it():
    untimed = replace(GREETING, words=(), display_words=())
    turns = [SpeechTurn(1, 0.0, 0.5), SpeechTurn(2, 0.5, 1.5)]
    before = phrase(words(("so", 0.0, 0.4)))
    assert [said.speaker for said in assign_speakers([before, untimed], turns)] == [1, 2]


def test_a_phrase_with_a_translation_is_not_parted():
    """Its translation could not be."""
    translated = replace(GREETING, translations=(Translation("es", "¿Cómo estás?"),))
    turns = [SpeechTurn(1, 0.0, 1.1), SpeechTurn(2, 1.1, 5.0)]
    (said,) = assign_speakers([translated], turns)
    assert said == replace(translated, speaker=1)


def test_without_turns_no_phrase_gets_a_speaker():
    assert assign_speakers([GREETING], []) == (GREETING,)


def test_a_number_is_written_by_one_of_those_who_say_it():
    lexical = words(
        ("twenty", 0.0, 0.5), ("five", 0.5, 1.0), ("what", 1.2, 1.6), ("euros", 1.6, 2.2)
    )
    display = words(("25.", 0.0, 1.0), ("What", 1.2, 1.6), ("euros?", 1.6, 2.2))
    turns = [SpeechTurn(1, 0.0, 1.1), SpeechTurn(2, 1.1, 2.0)]
    number, question = assign_speakers([phrase(lexical, display)], turns)
    assert (number.best.lexical, number.best.itn, number.best.display) == (
        "twenty five",
        "25",
        "25.",
    )
    assert question.best.itn == "what euros"


def test_a_form_with_other_words_is_derived_from_the_display_text():
    """`1 000` is one display word and two in the ITN."""
    lexical = words(("mille", 0.0, 1.0), ("quoi", 1.2, 2.0))
    display = words(("1 000.", 0.0, 1.0), ("Quoi ?", 1.2, 2.0))
    said = phrase(lexical, display, "fr-FR", itn="1 000 quoi")
    turns = [SpeechTurn(1, 0.0, 1.1), SpeechTurn(2, 1.1, 2.0)]
    assert [part.best.itn for part in assign_speakers([said], turns)] == ["1 000", "quoi"]


def test_a_script_without_spaces_is_parted_without_them():
    lexical = words(("元", 0.0, 0.4), ("気", 0.4, 0.8), ("は", 1.2, 1.6), ("い", 1.6, 2.0))
    reading = Alternative(0.9, *["元気はい"] * 4)
    said = replace(phrase(lexical, locale="ja-JP"), n_best=(reading,))
    turns = [SpeechTurn(1, 0.0, 1.0), SpeechTurn(2, 1.1, 2.0)]
    first, second = assign_speakers([said], turns)
    assert (first.best, second.best) == (
        Alternative(0.9, *["元気"] * 4),
        Alternative(0.9, *["はい"] * 4),
    )
