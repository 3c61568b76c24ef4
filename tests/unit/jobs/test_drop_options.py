"""The options in `sotto.json` and metadata, and the errors of those that cannot be read."""

import json
import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.diarization.speaker_range import SpeakerRange
from shared.errors import BlobNotFound, InvalidDropOptions
from shared.formats.subtitle_options import SubtitleOptions
from shared.jobs.drop_folder import DropFolder, drop_options, is_dropped_audio
from shared.jobs.job import JobOptions, ResultFormat
from shared.storage.folder import FolderContainer
from shared.text_forms.profanity import ProfanityMode

DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path):
    for name in ("audio", "transcripts"):
        (tmp_path / name).mkdir()
    return DropFolder(
        "audio", FolderContainer(tmp_path / "audio"), FolderContainer(tmp_path / "transcripts"), DAY
    )


def asked(folder, document=None, metadata=None):
    """Options of a file with this metadata beside this `sotto.json`."""
    if document is not None:
        text = document if isinstance(document, bytes) else json.dumps(document).encode()
        folder.input.put("sotto.json", text)
    folder.input.put("a.wav", b"RIFF", metadata or {})
    return drop_options(folder, folder.input.properties("a.wav"))


def test_without_a_word_everything_is_as_the_folder_has_it(folder):
    options = asked(folder)
    assert options.job == JobOptions()
    assert options.time_to_live == DAY


def test_every_field_of_the_document_is_followed(folder):
    options = asked(
        folder,
        {
            "locales": ["en-us", "de-DE"],
            "languagePerPhrase": True,
            "wordTimestamps": True,
            "displayWordTimestamps": True,
            "channels": [1],
            "punctuation": False,
            "profanity": "removed",
            "maxSpeakers": 3,
            "formats": ["srt", "json", "srt", "ttml"],
            "subtitles": {
                "lineLength": 37,
                "lines": 1,
                "charactersPerSecond": 17.5,
                "minSeconds": 1,
                "maxSeconds": 6,
            },
            "timeToLive": "PT12H",
        },
    )
    assert options.job == JobOptions(
        locales=("en-US", "de-DE"),
        language_per_phrase=True,
        word_timestamps=True,
        display_word_timestamps=True,
        channels=(1,),
        punctuation=False,
        profanity=ProfanityMode.REMOVED,
        speakers=SpeakerRange(most=3),
        formats=(ResultFormat.SRT, ResultFormat.BATCH_JSON, ResultFormat.TTML),
        subtitles=SubtitleOptions(
            max_line_characters=37,
            max_lines=1,
            max_characters_per_s=17.5,
            min_cue_s=1.0,
            max_cue_s=6.0,
        ),
    )
    assert options.time_to_live == timedelta(hours=12)


def test_metadata_say_the_same_in_texts_and_come_last(folder):
    options = asked(
        folder,
        {"locales": ["de-DE"], "formats": ["txt"], "channels": [0]},
        {
            "locales": "en-us, es-ES",
            "wordtimestamps": " TRUE ",
            "channels": "0, 1",
            "profanity": "raw",
            "maxspeakers": "2",
            "timetolive": "PT0S",
        },
    )
    assert options.job.locales == ("en-US", "es-ES")
    assert options.job.word_timestamps
    assert options.job.channels == (0, 1)
    assert options.job.profanity is ProfanityMode.RAW
    assert options.job.speakers == SpeakerRange(most=2)
    assert options.job.formats == (ResultFormat.TEXT,)
    assert options.time_to_live is None


def test_metadata_change_single_rules_of_subtitles(folder):
    options = asked(
        folder,
        {"subtitles": {"lineLength": 37, "lines": 1}},
        {"subtitles": '{"lines": 3, "maxSeconds": 5}'},
    )
    assert options.job.subtitles == SubtitleOptions(
        max_line_characters=37, max_lines=3, max_cue_s=5.0
    )


def test_other_peoples_metadata_are_theirs(folder):
    assert asked(folder, None, {"agent": "17", "locale": "xx"}).job == JobOptions()


def test_a_null_asks_for_nothing(folder):
    assert asked(folder, {"locales": None, "timeToLive": None}).time_to_live == DAY


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b'{"locales":["en-US"],"locales":["de-DE"]}',
        b'{"maxSpeakers":1e999}',
        b"[" * 100_000,
        b" " * 65_537,
        {"secretKey": 1},
        {"locales": "en-US"},
        {"locales": [1]},
        {"locales": ["tlh-KX"]},
        {"wordTimestamps": "true"},
        {"wordTimestamps": 1},
        {"channels": [True]},
        {"channels": [-1]},
        {"channels": [64]},
        {"profanity": "hidden"},
        {"maxSpeakers": 0},
        {"maxSpeakers": 36},
        {"maxSpeakers": 2.5},
        {"formats": []},
        {"formats": ["docx"]},
        {"subtitles": 42},
        {"subtitles": {"lineLength": 5}},
        {"subtitles": {"secretKey": 1}},
        {"timeToLive": 7},
        {"timeToLive": "7 days"},
        {"timeToLive": "P32D"},
    ],
    ids=lambda document: str(document)[:40],
)
def test_a_document_that_cannot_be_read_is_refused_without_a_word_of_it(folder, document):
    with pytest.raises(InvalidDropOptions, match=r"^sotto\.json") as failure:
        asked(folder, document)
    assert "secretKey" not in str(failure.value)
    assert failure.value.__cause__ is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("locales", "tlh-KX"),
        ("wordtimestamps", "yes"),
        ("wordtimestamps", "1"),
        ("channels", "left"),
        ("channels", "0,true"),
        ("profanity", "hidden"),
        ("maxspeakers", "two"),
        ("maxspeakers", "[[[["),
        ("formats", ""),
        ("formats", "json,docx"),
        ("subtitles", "lineLength=42"),
        ("subtitles", '{"lineLength": 1e999}'),
        ("subtitles", '{"maxSeconds": NaN}'),
        ("subtitles", '{"linelength": 42}'),
        ("timetolive", "tomorrow"),
    ],
)
def test_metadata_that_cannot_be_read_are_refused_by_their_key(folder, key, value):
    with pytest.raises(InvalidDropOptions, match=f"metadata {key}"):
        asked(folder, None, {key: value})


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "locales",
                "channels",
                "formats",
                "profanity",
                "maxspeakers",
                "timetolive",
                "subtitles",
                "x",
            ]
        ),
        st.text(string.printable, max_size=20),
    )
)
def test_any_metadata_are_options_or_refused(metadata):
    """No other exception is raised, so none can end a host that receives the file's event."""

    class Properties:
        """The properties of a blob that `drop_options` reads."""

    class Empty:
        """A container without options."""

        def read(self, _name, _max_bytes):
            """Say so."""
            raise BlobNotFound

    blob = Properties()
    blob.metadata = metadata
    try:
        drop_options(DropFolder("audio", Empty(), Empty()), blob)
    except InvalidDropOptions:
        return


@pytest.mark.parametrize(
    "name", ["a.wav", "calls/monday 1.mp3", "no ending", "sotto.json.wav", "calls/sotto.json", "~x"]
)
def test_a_name_that_is_not_reserved_is_taken_as_audio(name):
    assert is_dropped_audio(name)


@pytest.mark.parametrize(
    "name",
    [
        "sotto.json",
        "a.wav.error.json",
        "calls/a.wav.error.json",
        ".DS_Store",
        "calls/.a.wav.part",
        ".sotto/properties/x",
        ".Trash/a.wav",
        "~$a.wav",
        "calls/~$a.wav",
    ],
)
def test_options_reasons_and_hidden_files_are_not(name):
    assert not is_dropped_audio(name)
