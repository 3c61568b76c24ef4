"""Real sentences -> cues as a subtitler would write them, in four languages."""

from shared.formats.cues import cues
from shared.formats.scripts import columns
from shared.transcript import Alternative, Phrase, Transcript, Word

ENGLISH = (
    "On Monday morning Dr. Elizabeth Brown walked to the station in the rain, because the first"
    " train to London was late and 20 percent of the passengers had already gone home. She was"
    " not amused."
)
GERMAN = (
    "Als die Sonne hinter den Bergen unterging, kehrten die Wanderer in die kleine Hütte am See"
    " zurück, weil der Weg bei Dunkelheit gefährlich ist und niemand eine Lampe dabei hatte."
)
SPANISH = (
    "Cuando llegamos a la plaza del pueblo, los vecinos ya habían cerrado las tiendas y la música"
    " de la fiesta sonaba desde el otro lado del río, donde nos esperaban los amigos de mi hermana."
)
JAPANESE = (
    "昨日 は 友達 と 一緒 に 東京 の 大きな 公園 を 歩きました。 天気 が とても 良かった ので、"
    " たくさん の 人 が 桜 の 写真 を 撮って いました。"
)


def lines_of(words, locale, character_s, separator=" "):
    """Lines of the cues of words, each as long as its characters take."""
    timed, now_s = [], 0.0
    for word in words:
        timed.append(Word(word, now_s, character_s * (len(word) + len(separator)), 0.9))
        now_s += timed[-1].duration_s
    reading = Alternative(0.9, "", "", "", separator.join(words))
    phrase = Phrase(0, locale, 0.0, now_s, (reading,), display_words=tuple(timed))
    return [cue.lines for cue in cues(Transcript(now_s + 5, 1, (phrase,), ()))]


def test_english_breaks_before_conjunctions_and_keeps_title_name_and_percent():
    assert lines_of(ENGLISH.split(), "en-US", 0.06) == [
        ("On Monday morning Dr. Elizabeth Brown", "walked to the station in the rain,"),
        ("because the first train to London was late",),
        ("and 20 percent of the passengers", "had already gone home. She was not amused."),
    ]


def test_german_breaks_after_the_clause_and_keeps_the_article_with_its_noun():
    assert lines_of(GERMAN.split(), "de-DE", 0.06) == [
        ("Als die Sonne hinter den Bergen unterging,",),
        ("kehrten die Wanderer", "in die kleine Hütte am See zurück,"),
        ("weil der Weg bei Dunkelheit gefährlich ist", "und niemand eine Lampe dabei hatte."),
    ]


def test_spanish_breaks_before_prepositions():
    assert lines_of(SPANISH.split(), "es-ES", 0.06) == [
        ("Cuando llegamos a la plaza del pueblo,", "los vecinos ya habían cerrado las tiendas"),
        ("y la música de la fiesta sonaba", "desde el otro lado del río,"),
        ("donde nos esperaban los amigos", "de mi hermana."),
    ]


def test_japanese_breaks_after_particles_and_marks():
    lines = [
        line for cue in lines_of(JAPANESE.split(), "ja-JP", 0.17, separator="") for line in cue
    ]
    assert "".join(lines) == "".join(JAPANESE.split())
    assert max(map(columns, lines)) <= 32
    assert {line[-1] for line in lines} <= set("はがをにのと、。")


def test_a_cue_never_begins_with_the_last_word_of_a_sentence():
    """An orphan: `home.` alone would fit the seven seconds better."""
    words = "They would have liked to stay a little longer in that lovely old home.".split()
    assert [len(" ".join(cue).split()) for cue in lines_of(words, "en-US", 0.12)] != [13, 1]
    assert all(len(" ".join(cue).split()) > 1 for cue in lines_of(words, "en-US", 0.12))
